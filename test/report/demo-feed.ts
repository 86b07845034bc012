import type { RenditionMeasure } from '../../src/model/artifact.js';
import type { Event, StartedRendition } from '../../src/model/events.js';

export interface Timed {
  /** Milliseconds after the start of the feed. */
  readonly atMs: number;
  readonly event: Event;
}

export interface FeedOptions {
  /** Length of the pretended title, seconds. */
  readonly seconds?: number;
  /** How long the pretended encode takes, milliseconds. */
  readonly tookMs?: number;
  readonly lengthKnown?: boolean;
  readonly languages?: readonly string[];
  /** What ends it. */
  readonly end?: 'result' | 'unchanged' | 'unchanged-damaged' | 'error' | 'damaged';
}

const RUNGS = [
  { name: '1080p', width: 1920, height: 1080, bitrate: 5_000_000 },
  { name: '720p', width: 1280, height: 720, bitrate: 2_800_000 },
  { name: '480p', width: 854, height: 480, bitrate: 1_400_000 },
  { name: '360p', width: 640, height: 360, bitrate: 800_000 },
  { name: '240p', width: 426, height: 240, bitrate: 300_000 },
];
const STEP_MS = 250;
const SEGMENT_SECONDS = 6;

/** A made-up encode from the first stage to its end, deterministic, for looking at a rendering and for testing it. */
export function demoFeed(options: FeedOptions = {}): Timed[] {
  const { seconds = 120, tookMs = 20_000, lengthKnown = true, languages = ['en'], end = 'result' } = options;
  const audio = languages.map((tag) => ({
    id: `audio-${tag}-99aa88bb`,
    name: `audio-${tag}`,
    kind: 'audio' as const,
    width: null,
    height: null,
    bitrate: 128_000,
  }));
  const video = RUNGS.map((rung) => ({ ...rung, id: `${rung.name}-1a2b3c4d`, kind: 'video' as const }));
  const renditions = [...video, ...audio].map((rendition) => ({ ...rendition, doneSeconds: 0 }));
  const feed: Timed[] = [];
  const push = (atMs: number, event: Event): number => feed.push({ atMs, event });

  push(0, { type: 'stage', stage: 'probe' });
  push(300, { type: 'stage', stage: 'plan' });
  if (end === 'unchanged' || end === 'unchanged-damaged') {
    const status = end === 'unchanged' ? 'complete' : 'damaged';
    push(310, { ...result(seconds, 310, renditions), outcome: 'unchanged', status });
    return feed;
  }
  push(400, { type: 'warning', code: 'rung-skipped', message: 'the sound is 0.8 s shorter than the picture' });
  push(500, {
    type: 'start',
    input: 'holiday \x1b[31m2024.mov',
    output: 'holiday 2024',
    expectedSeconds: lengthKnown ? seconds : null,
    resumed: false,
    renditions,
  });
  push(500, { type: 'stage', stage: 'encode' });
  push(510, {
    type: 'command',
    label: 'ffmpeg 720p',
    argv: ['ffmpeg', '-i', 'holiday 2024.mov', '-vf', 'scale=1280:720'],
  });
  for (let ms = STEP_MS; ms <= tookMs; ms += STEP_MS) {
    const at = (seconds * ms) / tookMs;
    const before = (seconds * (ms - STEP_MS)) / tookMs;
    for (const { id, kind, bitrate } of renditions) {
      const speed = ((seconds * 1000) / tookMs) * (kind === 'audio' ? 3 : 1);
      const reached = Math.min(seconds, kind === 'audio' ? at * 3 : at);
      const reachedBefore = Math.min(seconds, kind === 'audio' ? before * 3 : before);
      push(500 + ms, {
        type: 'progress',
        rendition: id,
        seconds: reached,
        frames: Math.round(reached * 25),
        fps: speed * 25,
        speed,
      });
      for (let i = Math.floor(reachedBefore / SEGMENT_SECONDS); i < Math.floor(reached / SEGMENT_SECONDS); i++) {
        const path = `${id}/${String(i).padStart(5, '0')}.ts`;
        const bytes = Math.round((bitrate / 8) * SEGMENT_SECONDS * (0.75 + 0.05 * (i % 4)));
        push(500 + ms, {
          type: 'segment',
          rendition: id,
          index: i,
          path,
          start: kind === 'audio' ? i * SEGMENT_SECONDS - 0.02 : i * SEGMENT_SECONDS,
          duration: SEGMENT_SECONDS,
          bytes,
        });
      }
    }
    if (ms === STEP_MS * 20)
      push(500 + ms, { type: 'warning', code: 'decode-errors', message: 'damaged pictures were skipped', count: 3 });
    if (end === 'error' && ms >= tookMs / 2) {
      push(500 + ms, {
        type: 'error',
        code: 'encode-failed',
        exitCode: 5,
        message: 'ffmpeg stopped while encoding 720p',
        reason: 'it left with exit code 187',
        hint: 'run the same command again: it keeps the chunks that are finished',
        detail: ['[libx264 @ 0x55d] malloc of size 12345 failed', 'Error while opening encoder'],
      });
      return feed;
    }
  }
  for (const stage of ['package', 'publish', 'verify'] as const) push(tookMs + 600, { type: 'stage', stage });
  const done = result(seconds, tookMs, renditions);
  push(tookMs + 900, end === 'damaged' ? { ...done, status: 'damaged' } : done);
  return feed;
}

function result(
  seconds: number,
  tookMs: number,
  renditions: readonly StartedRendition[],
): Extract<Event, { type: 'result' }> {
  const measures: RenditionMeasure[] = renditions.map((rendition) => {
    const { id, name, bitrate } = rendition;
    const figures = {
      id,
      name,
      segments: Math.ceil(seconds / SEGMENT_SECONDS),
      frames: seconds * 25,
      bytes: Math.round((bitrate * 0.8 * seconds) / 8),
      duration: { num: seconds, den: 1 },
      longestSegmentSeconds: SEGMENT_SECONDS,
      averageBitrate: bitrate * 0.8,
      peakBitrate: bitrate * 0.97,
    };
    switch (rendition.kind) {
      case 'video': {
        const iframes = { count: seconds / 2, averageBitrate: 90_000, peakBitrate: 120_000 };
        const { kind, width, height } = rendition;
        return { ...figures, kind, width, height, codecs: 'avc1.640028', iframes };
      }
      case 'audio':
        return { ...figures, kind: 'audio', width: null, height: null, codecs: 'mp4a.40.2', iframes: null };
    }
  });
  return {
    type: 'result',
    outcome: 'encoded',
    status: 'complete',
    output: '/home/ed/holiday 2024',
    playlist: '/home/ed/holiday 2024/master.m3u8',
    durationSeconds: seconds,
    elapsedSeconds: tookMs / 1000,
    bytes: measures.reduce((sum, { bytes }) => sum + bytes, 0),
    renditions: measures,
    account: [],
    leftOut: [],
    warnings: [
      { code: 'rung-skipped', message: 'the sound is 0.8 s shorter than the picture' },
      { code: 'decode-errors', message: 'damaged pictures were skipped', count: 3 },
    ],
  };
}
