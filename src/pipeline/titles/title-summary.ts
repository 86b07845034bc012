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
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly kept: { readonly versions: number; readonly objects: number; readonly bytes: number };
  /** Objects below the title that its record does not name. */
  readonly others: number;
}

/** `place`: of the storage that was listed, as in `Place.name`. */
export function summarise(title: FoundTitle, place: string): TitleSummary {
  const { root, record, recordFile, files, kept, missing, changed, others } = title;
  const own = [...files, recordFile];
  const named = (kind: 'video' | 'audio'): string[] =>
    record.renditions.filter((rendition) => rendition.kind === kind).map(({ name }) => name);
  return {
    name: root === '' ? basename(place) : root,
    location: join(place, root).replace(/\/$/, ''),
    state: missing.length + changed.length > 0 ? 'incomplete' : record.status,
    durationSeconds: durationOf(record),
    rungs: named('video'),
    audio: named('audio'),
    objects: own.length,
    bytes: sizeOf(own),
    missing: missing.length,
    changed: changed.length,
    finishedAt: record.finishedAt,
    kept: { versions: record.kept?.length ?? 0, objects: kept.length, bytes: sizeOf(kept) },
    others: others.length,
  };
}

/** Bytes of all. */
export function sizeOf(objects: readonly Stored[]): number {
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}
