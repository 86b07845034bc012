import { NO_PLACES, type ChunkRead, type PicturesRead, type TrackRead } from '../../model/account.js';
import { pictureMeter, soundMeter, type Meter, type TrackMeter } from '../../model/meter.js';
import type { EncodePlan } from '../../model/plan.js';
import { multiply, rational, toNumber } from '../../model/rational.js';
import type { AudioRendition, Rendition } from '../../model/rendition.js';
import { NO_FORMS } from '../../model/track-forms.js';
import { steadyRuns } from '../../tools/ffmpeg/audio-times.js';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { formTold, pictureTime, soundRun } from '../../tools/ffmpeg/measure.js';
import type { ChunkSpan } from './chunk-span.js';
import type { TrackTotals } from './track.js';

/** Adds up what processes tell of what they read. */
export interface Reading {
  readonly onMeasure: (command: FfmpegCommand, line: string) => void;
  /** What was read for a rendition, all of whose processes have ended; null where that is not known. */
  of(rendition: Rendition, total: TrackTotals): ChunkRead | null;
}

/** Of chunks whose processes read the source for them alone. */
export function readingOf(plan: EncodePlan, spans: readonly ChunkSpan[]): Reading {
  const [span] = spans;
  if (span?.rendition.kind === 'audio') return readingOfSound(plan, span.rendition, span);
  const meters = new Map<FfmpegCommand, Meter<string>>();
  return {
    onMeasure(command, line) {
      const meter = meters.get(command) ?? meterFor(plan, spans, command);
      meters.set(command, meter);
      meter.add(line);
    },
    of(rendition, total) {
      // A decoder is for all that have no process of their own that reads.
      const own = [...meters].find(([{ outputs }]) => outputs.some((output) => output.rendition === rendition.id));
      const [, told] = own ?? [...meters].find(([{ outputs }]) => outputs.length === 0) ?? [];
      const span = spans.find((one) => one.rendition.id === rendition.id);
      if (!span) return null;
      const from = startOf(plan, span);
      if (isCopied(rendition)) return { of: 'chunk', from, read: copiedFrames(plan, from, total) };
      // Pictures are always measured: where none was told of, none was there.
      const meter = told ?? (rendition.kind === 'video' ? meterOf(plan, span) : null);
      return meter ? { of: 'chunk', from, read: meter.total() } : null;
    },
  };
}

/** Of one chunk of a track, whichever of the processes that make it tells of it. */
function readingOfSound(plan: EncodePlan, audio: AudioRendition, span: ChunkSpan): Reading {
  const meter = sound(plan, audio, span);
  let isMeasured = false;
  return {
    onMeasure(_, line) {
      isMeasured ||= soundRun(line, audio.channels) !== null;
      meter.add(line);
    },
    of: () => (isMeasured ? { of: 'chunk', from: startOf(plan, span), read: unlessPadding(meter.total()) } : null),
  };
}

/** The one sample that a decoder makes where there is no sound at all (see forPipe) was not read. */
function unlessPadding(read: TrackRead): TrackRead {
  return read.kind === 'audio' && read.samples <= 1 ? { ...read, samples: 0, first: null, end: null } : read;
}

/** Of all pictures of a source that one process goes through from its start: they are known when it has ended. */
export function readingOfAll(plan: EncodePlan, hasEnded: () => boolean): Reading {
  const meter = pictures(plan, 0, Infinity);
  return {
    onMeasure: (_, line) => meter.add(line),
    of: (_, { whole }) => (hasEnded() && !whole ? { of: 'rendition', from: 0, read: meter.total() } : null),
  };
}

function isCopied(rendition: Rendition): boolean {
  return rendition.kind === 'video' && rendition.copy !== undefined;
}

/** Each frame that is counted in segments on the grid was read, and stands at its own moment. */
function copiedFrames({ grid }: EncodePlan, from: number, { frames }: TrackTotals): PicturesRead {
  return {
    kind: 'video',
    rate: toNumber(grid.frameRate ?? rational(25)),
    frames,
    shown: frames,
    first: frames > 0 ? from : null,
    last: frames > 0 ? from + frames - 1 : null,
    uneven: 0,
    gaps: NO_PLACES,
    backwards: 0,
    // Parameter sets that change are not copied.
    forms: NO_FORMS,
  };
}

function meterFor(plan: EncodePlan, spans: readonly ChunkSpan[], { outputs }: FfmpegCommand): Meter<string> {
  const span = spans.find(({ rendition }) => outputs.some((output) => output.rendition === rendition.id)) ?? spans[0];
  if (!span) throw new RangeError('nothing is made here');
  return meterOf(plan, span);
}

function meterOf(plan: EncodePlan, span: ChunkSpan): Meter<string> {
  switch (span.rendition.kind) {
    case 'video':
      return pictures(plan, span.first, span.end);
    case 'audio':
      return sound(plan, span.rendition, span);
  }
}

function formsTo(meter: TrackMeter<unknown>): (line: string) => void {
  return (line) => {
    const told = formTold(line);
    if (told) meter.form(told.at, told.form);
  };
}

/** The first frame of the title, or sample, that is of a chunk. */
function startOf({ grid }: EncodePlan, { rendition, first }: ChunkSpan): number {
  switch (rendition.kind) {
    case 'video':
      return first * (grid.framesPerSegment ?? 1);
    case 'audio':
      return sampleAt(grid, rendition, first);
  }
}

/** The sample with which a segment begins. */
function sampleAt({ segmentSeconds }: EncodePlan['grid'], { sampleRate }: AudioRendition, segment: number): number {
  return Math.round(segment * toNumber(multiply(segmentSeconds, rational(sampleRate))));
}

function pictures({ grid }: EncodePlan, first: number, end: number | null): Meter<string> {
  const perSegment = grid.framesPerSegment ?? 1;
  const from = first * perSegment;
  const meter = pictureMeter(toNumber(grid.frameRate ?? rational(25)), from, (end ?? Infinity) * perSegment);
  const tell = formsTo(meter);
  return {
    add(line) {
      const time = pictureTime(line);
      if (time !== null) meter.add(time);
      else tell(line);
    },
    total: () => meter.total(),
  };
}

function sound(plan: EncodePlan, audio: AudioRendition, { start, first, end }: ChunkSpan): Meter<string> {
  const at = (segment: number): number => sampleAt(plan.grid, audio, segment);
  const base = at(start);
  const meter = soundMeter(audio.sampleRate, at(first), end === null ? Infinity : at(end));
  const steady = steadyRuns(audio.sampleRate);
  const tell = formsTo(meter);
  return {
    add(line) {
      const run = soundRun(line, audio.channels);
      if (!run) {
        tell(line);
        return;
      }
      const { start: begins, samples } = steady(run);
      meter.add({ start: base + begins, samples });
    },
    total: () => meter.total(),
  };
}
