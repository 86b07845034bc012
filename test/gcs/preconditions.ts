import { ApiError, conditionNotMet, invalid } from './api-error.js';

/** What preconditions are compared with; null: there is no such object. */
interface Versioned {
  readonly generation: number;
  readonly metageneration: number;
}

const NOT_MODIFIED = new ApiError(304, 'notModified', 'Not Modified');

/**
 * "Request preconditions": ifGenerationMatch=0 means "must not exist"; a failed …Match is 412, a failed …NotMatch
 * is 304 on a read and 412 on a write.
 * @param names "if" for the object itself, "ifSource" for the source of a copy
 */
export function checkPreconditions(
  query: URLSearchParams,
  current: Versioned | null,
  access: 'read' | 'write',
  names: 'if' | 'ifSource' = 'if',
): void {
  const generation = current?.generation ?? 0;
  const metageneration = current?.metageneration ?? null;
  const wanted = {
    generation: number(query, `${names}GenerationMatch`),
    notGeneration: number(query, `${names}GenerationNotMatch`),
    metageneration: number(query, `${names}MetagenerationMatch`),
    notMetageneration: number(query, `${names}MetagenerationNotMatch`),
  };
  if (wanted.generation !== null && wanted.generation !== generation) throw conditionNotMet();
  if (wanted.metageneration !== null && wanted.metageneration !== metageneration) throw conditionNotMet();
  const unchanged =
    (wanted.notGeneration !== null && wanted.notGeneration === generation) ||
    (wanted.notMetageneration !== null && wanted.notMetageneration === metageneration);
  if (unchanged) throw access === 'read' ? NOT_MODIFIED : conditionNotMet();
}

/** A query parameter that is a whole number. */
export function number(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d+$/.test(text)) throw invalid(`Invalid value '${text}'. Value must be a whole number.`, name);
  return Number(text);
}
