import type { CompletedCommand, CompletedFlag, Value } from './describe.js';

/** A completion script for zsh, to be sourced, or kept as _mediactl in a folder of $fpath. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const named = commands.map(({ name, text }) => `    ${quoted(`${name}:${text.replaceAll(':', '\\:')}`)}`);
  return `#compdef mediactl
# zsh completion for mediactl: source <(mediactl completion zsh)
_mediactl() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${named.join('\n')}
  )
  _arguments -C '1:command:->command' '*::argument:->argument'
  case "$state" in
    command) _describe -t commands command commands ;;
    argument)
      case "$words[1]" in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = "_mediactl" ]; then
  _mediactl "$@"
else
  compdef _mediactl mediactl
fi
`;
}

function commandCase({ name, flags, argument, commands }: CompletedCommand): string {
  if (commands.length > 0) {
    const words = commands.map((each) => each.name).join(' ');
    return `        ${name})
          _arguments -C '1:command:(${words})' '*::argument:->${name}'
          if [ "$state" = ${name} ]; then
            case "$words[1]" in
${commands.map(commandCase).join('\n')}
            esac
          fi ;;`;
  }
  const specs = [...flags.flatMap(flagSpecs), quoted(`*:argument:${action(argument)}`)];
  return `        ${name})
          _arguments \\
${specs.map((spec) => `            ${spec}`).join(' \\\n')} ;;`;
}

function flagSpecs({ names, text, value }: CompletedFlag): string[] {
  const about = `[${text.replace(/[[\]\\:]/g, '\\$&')}]`;
  const isRepeatable = names.includes('--metadata');
  const others = isRepeatable ? '*' : `(${names.join(' ')})`;
  return names.map((name) => quoted(`${others}${name}${about}${value === null ? '' : `:value:${action(value)}`}`));
}

function action({ words, paths }: Value): string {
  const files = paths === 'folders' ? '_files -/' : '_files';
  if (words.length === 0) return paths === null ? ' ' : files;
  const list = `(${words.join(' ')})`;
  return paths === null ? list : `{_alternative "words\\:word\\:${list}" "files\\:file\\:${files}"}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
