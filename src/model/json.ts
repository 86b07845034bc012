/** What a JSON text says; undefined when it is no JSON (torn by a kill, or somebody else's). */
export function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
