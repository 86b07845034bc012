import { basename } from 'node:path/posix';
import type { Stored } from '../../storage/storage.js';
import { durationOf } from '../record/record.js';
import { join } from './title-folders.js';
import type { FoundTitle } from './titles.js';

/** A published title in a few figures; docs/json-output.md documents it as what `ls --json` says. */
export interface TitleSummary {
  /** Its path below the place that was asked for; the last part of the place itself when that is the title. */
  readonly name: string;
  /** Absolute path, or gs://bucket/prefix. */
  readonly location: string;
  /** `damaged`: something of the source was lost; `incomplete`: not all that the record lists is there. */
  readonly state: 'complete' | 'damaged' | 'incomplete';
  readonly durationSeconds: number;
  /** Names of the pictures' renditions, as the record has them, and of the sounds'. */
  readonly rungs: readonly string[];
  readonly audio: readonly string[];
  /** Of the present version: what is there of it, its record included. */
  readonly objects: number;
  readonly bytes: number;
  /** Recorded objects that are not there, and such that have other bytes. */
  readonly missing: number;
  readonly changed: number;
  /** How many of its objects were compared by size and checksum, and how many by size alone. */
  readonly compared: { readonly byChecksum: number; readonly bySize: number };
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly kept: { readonly versions: number; readonly objects: number; readonly bytes: number };
  /** Objects below the title that its record does not name. */
  readonly others: number;
}

/** `place`: of the storage that was listed, as in `Place.name`. */
export function summarise(title: FoundTitle, place: string): TitleSummary {
  const { root, record, recordFile, missing, compared } = title;
  const files = countOf(title.objects('file'));
  const kept = countOf(title.objects('kept'));
  const changed = countOf(title.objects('changed')).objects;
  // A stream that is there in two forms is two renditions of one name.
  const named = (kind: 'video' | 'audio'): string[] => [
    ...new Set(record.renditions.filter((rendition) => rendition.kind === kind).map(({ name }) => name)),
  ];
  return {
    name: root === '' ? basename(place) : root,
    location: join(place, root).replace(/\/$/, ''),
    state: missing + changed > 0 ? 'incomplete' : record.status,
    durationSeconds: durationOf(record),
    rungs: named('video'),
    audio: named('audio'),
    objects: files.objects + 1,
    bytes: files.bytes + recordFile.bytes,
    missing,
    changed,
    compared,
    finishedAt: record.finishedAt,
    kept: { versions: record.kept?.length ?? 0, ...kept },
    others: countOf(title.objects('other')).objects,
  };
}

/** How many, and their bytes together. */
export function countOf(objects: Iterable<Stored>): { readonly objects: number; readonly bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const stored of objects) {
    count++;
    bytes += stored.bytes;
  }
  return { objects: count, bytes };
}
