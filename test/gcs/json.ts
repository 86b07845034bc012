export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** The value as an object, or null when it is anything else. */
export function asObject(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

/**
 * PATCH semantics of the JSON API ("Patch (partial update)"): a null removes, nested objects merge, arrays and
 * everything else replace.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const inner = asObject(value);
    if (value === null) delete merged[key];
    else if (inner) merged[key] = mergePatch(asObject(merged[key]) ?? {}, inner);
    else merged[key] = value;
  }
  return merged;
}

/** A string, number or boolean as text; anything else is "". */
export function textOf(value: Json | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
