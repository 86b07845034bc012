import type { FfprobeStream } from '../../tools/ffprobe.js';

/** Bits a second of a track: the stream's own field, else the statistics that mkvmerge leaves in a tag (BPS, BPS-eng). */
export function readBitRate({ bit_rate: stated, tags }: FfprobeStream): number | null {
  const tag = Object.entries(tags).find(([name]) => /^BPS(?:-[a-z]{2,3})?$/i.test(name))?.[1];
  const rate = stated ?? (tag === undefined ? null : Number(tag));
  return rate !== null && Number.isFinite(rate) && rate > 0 ? Math.round(rate) : null;
}
