/** Written as a path, with a separator or a data file's extension; anything else is the name of a built-in ladder. */
export function isLadderFile(nameOrFile: string): boolean {
  return /[/\\]|\.(json|ya?ml)$/i.test(nameOrFile);
}
