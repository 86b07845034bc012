import { createHash } from 'node:crypto';
import type { SourceIdentity } from '../../model/media.js';
import type { AudioRendition, Grid, OutputColor, PicturePlan, Timeline, VideoRendition } from '../../model/plan.js';
import type { Encoder } from './encoder.js';
import type { RatedRung } from './rate.js';

/** What the bytes of every rendition depend on: content, not the file's name; rules, not expectations. */
export type Shared = ReturnType<typeof sharedParts>;

/** Raised when the commands made from an unchanged plan give other bytes. */
const RECIPE = 1;

export function sharedParts(
  { bytes, modifiedMs, fingerprint }: SourceIdentity,
  grid: Grid,
  timeline: Timeline,
  edition: string | null,
) {
  const { originSeconds, holdLastFrameSeconds, transportOffsetSeconds } = timeline;
  return {
    recipe: RECIPE,
    ...(edition === null ? {} : { edition }),
    source: { bytes, modifiedMs, fingerprint },
    grid,
    timeline: { originSeconds, holdLastFrameSeconds, transportOffsetSeconds },
  };
}

/** The rungs as renditions, each with its version in its id. */
export function videoRenditions(
  track: number,
  shared: Shared,
  picture: PicturePlan,
  color: OutputColor,
  encoder: Encoder,
  rungs: readonly RatedRung[],
): VideoRendition[] {
  return rungs.map(({ name, width, height, rate }) => {
    const version = versionOf({ ...shared, track, picture, color, width, height, ...encoder, rate });
    return { kind: 'video', id: `${name}-${version}`, name, version, width, height, ...encoder, rate };
  });
}

export type AudioBytes = Pick<
  AudioRendition,
  'codec' | 'encoder' | 'options' | 'bitrate' | 'sampleRate' | 'channels' | 'sourceChannels' | 'downmix'
>;

export function audioVersion(track: number, shared: Shared, output: AudioBytes): string {
  return versionOf({ ...shared, track, ...output });
}

/** Eight hex digits over a value, whatever order its keys were written in. */
export function versionOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 8);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
