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
${commands.map((command) => commandCase(command)).join('\n')}
  esac
  return 0
}
complete -F _mediactl mediactl
`;
}

/** `depth`: where its name stands among the words. Of a group, the case of the word after it. */
function commandCase({ name, flags, argument, commands }: CompletedCommand, depth = 1): string {
  const all = flags.flatMap(({ names }) => names.filter((flag) => flag.startsWith('--'))).join(' ');
  const pad = '  '.repeat(depth + 1);
  if (commands.length > 0) {
    const words = commands.map((each) => each.name).join(' ');
    return `${pad}${name})
${pad}  if [ "$COMP_CWORD" -eq ${depth + 1} ]; then
${pad}    _mediactl_words '${words} ${all}'
${pad}    return 0
${pad}  fi
${pad}  case "\${COMP_WORDS[${depth + 1}]}" in
${commands.map((each) => commandCase(each, depth + 1)).join('\n')}
${pad}  esac ;;`;
  }
  const values = flags.flatMap(({ names, value }) =>
    value === null ? [] : [`${pad}    ${names.join('|')}) ${complete(value)}return 0 ;;`],
  );
  return `${pad}${name})
${pad}  case "$prev" in
${[...values, `${pad}    *) ;;`].join('\n')}
${pad}  esac
${pad}  case "$cur" in
${pad}    -*) _mediactl_words '${all}' ;;
${pad}    *) ${complete(argument)}: ;;
${pad}  esac ;;`;
}

function complete({ words, paths }: Value): string {
  const fromWords = words.length === 0 ? '' : `_mediactl_words '${words.join(' ')}'; `;
  const fromPaths = paths === null ? '' : `_mediactl_paths ${paths === 'folders' ? '-d' : '-f'}; `;
  return fromWords + fromPaths;
}
