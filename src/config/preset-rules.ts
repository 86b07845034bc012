import { z } from 'zod';
import { formatBitrate } from './bitrate.js';
import { expecting, show } from './problems.js';

/** Apple HLS authoring 7.5: the segment length players expect, seconds. */
const EXPECTED_SEGMENT_SECONDS = 6;
/** Apple HLS authoring 1.19. */
const EXPECTED_MAX_FRAME_RATE = 60;

// A name is safe as a folder on every system and as a word in a URL: it has no separators, no dot or dash in front, and
// no dot at its end.
const SAFE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,30}[a-zA-Z0-9_-])?$/;

export const ladderName = safeName('my-ladder');
export const rungName = safeName('720p');

function safeName(example: string) {
  const expected = `a name of up to 32 letters, digits, "." "_" or "-", such as "${example}"`;
  return z.string(expecting('a name')).regex(SAFE_NAME, expecting(expected));
}

/** Warnings about choices that are allowed but deserve one; the plan shows them. */
export function presetNotes(preset: {
  readonly segment: { readonly seconds: number };
  readonly video: { readonly maxFrameRate: number };
}): string[] {
  const notes: string[] = [];
  if (preset.segment.seconds > EXPECTED_SEGMENT_SECONDS) {
    notes.push(
      `segments of ${preset.segment.seconds} s: players expect ${EXPECTED_SEGMENT_SECONDS} s; longer ones start slower and switch quality later`,
    );
  }
  if (preset.video.maxFrameRate > EXPECTED_MAX_FRAME_RATE) {
    notes.push(`up to ${preset.video.maxFrameRate} frames a second: many players stop at ${EXPECTED_MAX_FRAME_RATE}`);
  }
  return notes;
}

/** Every segment starts with an IDR picture, so they cannot be further apart than segments are long. */
export function checkSegment(
  { seconds, keyframeSeconds }: { seconds: number; keyframeSeconds?: number | undefined },
  context: z.RefinementCtx,
): void {
  if (keyframeSeconds === undefined || keyframeSeconds <= seconds) return;
  problem(context, ['keyframeSeconds'], keyframeSeconds, `at most the segment's ${seconds} s`);
}

/** Rungs ascend in size and in bitrate, and their names differ by more than case. */
export function checkRungs(rungs: readonly Rung[], context: z.RefinementCtx): void {
  const seen = new Map<string, number>();
  for (const [at, rung] of rungs.entries()) {
    const before = rungs[at - 1];
    if (before && rung.shortSide <= before.shortSide) {
      problem(context, [at, 'shortSide'], rung.shortSide, `more than the rung before (${before.shortSide})`);
    }
    if (before && rung.bitrate <= before.bitrate) {
      const given = formatBitrate(rung.bitrate);
      problem(context, [at, 'bitrate'], given, `more than the rung before (${formatBitrate(before.bitrate)})`);
    }
    const twin = seen.get(rung.name.toLowerCase());
    if (twin !== undefined) problem(context, [at, 'name'], rung.name, `a name of its own (rungs[${twin}] has it)`);
    else seen.set(rung.name.toLowerCase(), at);
    if (/^audio/i.test(rung.name)) problem(context, [at, 'name'], rung.name, 'a name that does not begin with "audio"');
    if (WINDOWS_DEVICE.test(rung.name)) problem(context, [at, 'name'], rung.name, 'a name Windows allows for a folder');
  }
}

interface Rung {
  readonly name: string;
  readonly shortSide: number;
  readonly bitrate: number;
}

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function problem(context: z.RefinementCtx, path: (string | number)[], value: unknown, wanted: string): void {
  context.addIssue({ code: 'custom', path, message: `${show(value)} is not valid: expected ${wanted}` });
}
