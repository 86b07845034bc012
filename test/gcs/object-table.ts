import type { ObjectRecord } from './object-record.js';

/** A bucket's objects: live ones, and those that were (noncurrent or soft-deleted), by name and generation. */
export class ObjectTable {
  #live = new Map<string, ObjectRecord>();
  #noncurrent = new Map<string, ObjectRecord[]>();
  #softDeleted = new Map<string, ObjectRecord[]>();
  #sorted: ObjectRecord[] | null = null;

  live(name: string): ObjectRecord | null {
    return this.#live.get(name) ?? null;
  }

  /** A live or noncurrent generation. */
  generation(name: string, generation: number): ObjectRecord | null {
    const live = this.live(name);
    if (live?.generation === generation) return live;
    return this.#noncurrent.get(name)?.find((record) => record.generation === generation) ?? null;
  }

  softDeleted(name: string, generation: number): ObjectRecord | null {
    return this.#softDeleted.get(name)?.find((record) => record.generation === generation) ?? null;
  }

  /** Makes it the live one, or changes its metadata when that generation is there. */
  put(record: ObjectRecord): void {
    const old =
      this.#noncurrent.get(record.name)?.findIndex(({ generation }) => generation === record.generation) ?? -1;
    if (old >= 0) this.#noncurrent.get(record.name)?.splice(old, 1, record);
    else this.#live.set(record.name, record);
    this.#sorted = null;
  }

  removeLive(name: string): void {
    this.#live.delete(name);
    this.#sorted = null;
  }

  removeNoncurrent(name: string, generation: number): void {
    remove(this.#noncurrent, name, generation);
  }

  keepNoncurrent(record: ObjectRecord): void {
    this.#noncurrent.set(record.name, [...(this.#noncurrent.get(record.name) ?? []), record]);
  }

  keepSoftDeleted(record: ObjectRecord): void {
    this.#softDeleted.set(record.name, [...(this.#softDeleted.get(record.name) ?? []), record]);
  }

  removeSoftDeleted(name: string, generation: number): void {
    remove(this.#softDeleted, name, generation);
  }

  /** Live objects in the order of their names' UTF-8 bytes, as lists have them. */
  sorted(): readonly ObjectRecord[] {
    this.#sorted ??= [...this.#live.values()].sort(byName);
    return this.#sorted;
  }

  /** Live and noncurrent, by name, then generation. */
  versions(): readonly ObjectRecord[] {
    return [...this.#live.values(), ...[...this.#noncurrent.values()].flat()].sort(byName);
  }

  allSoftDeleted(): readonly ObjectRecord[] {
    return [...this.#softDeleted.values()].flat().sort(byName);
  }
}

function byName(a: ObjectRecord, b: ObjectRecord): number {
  return compareNames(a.name, b.name) || a.generation - b.generation;
}

/** UTF-8 byte order; it differs from JavaScript's own beyond U+FFFF only. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1;
}

function remove(records: Map<string, ObjectRecord[]>, name: string, generation: number): void {
  const left = (records.get(name) ?? []).filter((record) => record.generation !== generation);
  if (left.length === 0) records.delete(name);
  else records.set(name, left);
}
