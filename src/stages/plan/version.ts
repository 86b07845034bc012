import { createHash } from 'node:crypto';
import type { VideoCopy } from '../../model/copy.js';
import type { SourceIdentity } from '../../model/media.js';
import type { Packaging } from '../../model/packaging.js';
import type { Grid, InputPlan, PicturePlan, Timeline } from '../../model/plan.js';
import type { AudioRendition, VideoRendition } from '../../model/rendition.js';
import { containerOf } from '../../tools/containers/containers.js';
import type { Encoder } from './encoder.js';
import { keyFor, type Locked, type ProtectionRequest } from './protection.js';
import type { RatedRung } from './rate.js';

/** What all renditions of a form have in common. */
export interface Shared {
  readonly packaging: Packaging;
  /** Null: they stay clear. */
  readonly protection: ProtectionRequest | null;
  readonly parts: ReturnType<typeof sharedParts>;
}

/** To be raised when the commands for an unchanged plan give other bytes. */
const RECIPE = 4;

/** What the bytes of every rendition depend on: the source's content, not its name; rules, not expected lengths. */
export function sharedParts(
  { bytes, modifiedMs, fingerprint }: SourceIdentity,
  grid: Grid,
  timeline: Timeline,
  { container, zeroSeconds }: Packaging,
  { mended }: Pick<InputPlan, 'mended'>,
  request: ProtectionRequest | null,
) {
  const { originSeconds, holdLastFrameSeconds, part, countedFrames } = timeline;
  const { tail, ...cuts } = grid;
  return {
    recipe: RECIPE,
    source: { bytes, modifiedMs, fingerprint },
    grid: { ...cuts, tail: tail ?? undefined },
    timeline: { originSeconds, holdLastFrameSeconds, length: part?.length ?? undefined, countedFrames },
    // Systems have their boxes in initialization segments. Which key it is, each rendition adds for itself.
    // Manifests are missing here because they change no byte of the segments they refer to.
    packaging: { container, zeroSeconds, protection: request && { scheme: request.scheme, systems: request.systems } },
    // Undefined is no part of the hash: most sources have nothing to mend, and no tail.
    mended: mended.length > 0 ? mended : undefined,
  };
}

/** The rungs as renditions in each form, each with its version in its id; the first is copied where `copy` is given. */
export function videoRenditions(
  forms: readonly Shared[],
  picture: PicturePlan,
  encoder: Encoder,
  rungs: readonly RatedRung[],
  copy: VideoCopy | null = null,
): VideoRendition[] {
  return rungs.flatMap(({ name, width, height, rate }, i) =>
    forms.map((shared): VideoRendition => {
      if (copy !== null && i === 0)
        return copiedRendition(shared, picture, encoder, { name, width, height, rate, copy });
      const { container } = shared.packaging;
      const timescale = containerOf({ container }).timescale('video', picture.frameRate);
      const key = keyPart(shared, { kind: 'video', name, width, height });
      const version = versionOf({ ...shared.parts, timescale, picture, width, height, ...encoder, rate, key });
      const id = `${name}-${version}`;
      return { kind: 'video', id, name, version, container, timescale, width, height, ...encoder, rate };
    }),
  );
}

/** Its bytes are the source's: nothing of the encoder is in its version. */
function copiedRendition(
  shared: Shared,
  { frameRate, color }: PicturePlan,
  encoder: Encoder,
  { name, width, height, rate, copy }: Omit<RatedRung, 'bitrate'> & { readonly copy: VideoCopy },
): VideoRendition {
  const { container } = shared.packaging;
  const timescale = containerOf({ container }).timescale('video', frameRate);
  const key = keyPart(shared, { kind: 'video', name, width, height });
  const version = versionOf({ ...shared.parts, timescale, copy, color: copy.tag ? color : undefined, key });
  const id = `${name}-${version}`;
  return { kind: 'video', id, name, version, container, timescale, width, height, ...encoder, rate, copy };
}

export type AudioBytes = Pick<
  AudioRendition,
  | 'timescale'
  | 'codec'
  | 'encoder'
  | 'options'
  | 'samplesPerFrame'
  | 'bitrate'
  | 'sampleRate'
  | 'channels'
  | 'sourceChannels'
  | 'discrete'
  | 'downmix'
  | 'limit'
  | 'startSeconds'
>;

export function audioVersion(
  name: string,
  track: readonly (number | null)[],
  shared: Shared,
  output: AudioBytes,
): string {
  return versionOf({ ...shared.parts, track, ...output, key: keyPart(shared, { kind: 'audio', name }) });
}

/** What the bytes of a rendition depend on of its key; undefined, which is no part of a hash: it has none. */
function keyPart({ protection }: Shared, rendition: Locked): unknown {
  if (!protection) return undefined;
  const { kid, checksum } = keyFor(protection, rendition);
  return { kid, checksum };
}

/** Eight hex digits of a hash over a value; the order of its keys does not matter. */
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
