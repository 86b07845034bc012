import type { CompletedCommand, Value } from './describe.js';

/** A completion script for bash 3.2 and newer. Words of mediactl's own need no quoting: they are letters and dashes. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# bash completion for mediactl: source <(mediactl completion bash)
_mediactl_words() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$1" -- "$cur")
}
_mediactl_paths() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$cur")
  type compopt > /dev/null 2>&1 && compopt -o filenames 2> /dev/null
}
_mediactl() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    _mediactl_words '${names} --help --version'
    return 0
  fi
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join('\n')}
  esac
  return 0
}
complete -F _mediactl mediactl
`;
}

function commandCase({ name, flags, argument }: CompletedCommand): string {
  const values = flags.flatMap(({ names, value }) =>
    value === null ? [] : [`        ${names.join('|')}) ${complete(value)}return 0 ;;`],
  );
  const all = flags.flatMap(({ names }) => names.filter((flag) => flag.startsWith('--')));
  return `    ${name})
      case "$prev" in
${[...values, '        *) ;;'].join('\n')}
      esac
      case "$cur" in
        -*) _mediactl_words '${all.join(' ')}' ;;
        *) ${complete(argument)}: ;;
      esac ;;`;
}

function complete({ words, paths }: Value): string {
  const fromWords = words.length === 0 ? '' : `_mediactl_words '${words.join(' ')}'; `;
  const fromPaths = paths === null ? '' : `_mediactl_paths ${paths === 'folders' ? '-d' : '-f'}; `;
  return fromWords + fromPaths;
}
