import { MediactlError } from '../../errors.js';

/** Throws `tool-lacks-feature`, saying `problem`, when the FFmpeg at hand was built without the filter. */
export function requireFilter(filters: ReadonlySet<string>, filter: string, problem: string, purpose: string): void {
  if (filters.has(filter)) return;
  throw new MediactlError('tool-lacks-feature', problem, {
    reason: `${purpose} needs the filter ${filter}, which this FFmpeg was built without`,
    hint: `use an FFmpeg with ${filter} (most full builds have it) and name it with --ffmpeg; mediactl doctor checks it`,
  });
}

/** Throws `tool-lacks-feature` when the FFmpeg at hand was built without the encoder. */
export function requireEncoder(encoders: ReadonlySet<string>, encoder: string, ladder: string): void {
  if (encoders.has(encoder)) return;
  throw new MediactlError('tool-lacks-feature', `this FFmpeg has no encoder ${encoder}`, {
    reason: `the ladder "${ladder}" encodes with ${encoder}`,
    hint: `use an FFmpeg with ${encoder} (most full builds have it) and name it with --ffmpeg; mediactl doctor checks it`,
  });
}
