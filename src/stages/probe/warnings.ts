import type { Container, MediaInfo, Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import type { Structure } from './container-structure.js';

type Timed = MediaInfo['video' | 'audio' | 'text'][number];

/** What the headers give reason to doubt. `messages`: ffprobe's error lines. */
export function headerWarnings(seen: {
  readonly container: Container;
  readonly tracks: readonly Timed[];
  readonly structure: Structure | null;
  readonly messages: readonly string[];
  /** The real length was read. */
  readonly isRead?: boolean;
}): Warning[] {
  const warnings = [
    truncation(seen.structure),
    seen.isRead === true ? null : lyingDuration(seen.container, seen.tracks),
    complaints(seen.messages, seen.container),
  ];
  return warnings.filter((warning) => warning !== null);
}

function truncation(structure: Structure | null): Warning | null {
  const missing = structure?.missingBytes ?? 0;
  if (missing === 0) return null;
  const lack =
    structure?.family === 'mpegts'
      ? `its last packet is ${missing} bytes short`
      : `its header announces ${missing} more bytes`;
  const message = `the end of the file is missing: ${lack}; it was cut off, or is still being written`;
  return { code: 'input-truncated', message };
}

// Tracks of unlike length are common; a container that is far from all of them is wrong.
const TOLERANCE_SECONDS = 2;
const TOLERANCE_SHARE = 0.05;

function lyingDuration(container: Container, tracks: readonly Timed[]): Warning | null {
  const ends = tracks.flatMap((track) =>
    track.durationSeconds === null ? [] : [track.startSeconds - container.startSeconds + track.durationSeconds],
  );
  const stated = container.durationSeconds;
  if (stated === null || ends.length === 0) return null;
  const longest = Math.max(...ends);
  if (Math.abs(stated - longest) <= TOLERANCE_SECONDS + TOLERANCE_SHARE * Math.min(stated, longest)) return null;
  const message = `the header says ${stated.toFixed(1)} s, its longest track ${longest.toFixed(1)} s; only decoding shows the real length`;
  return { code: 'duration-uncertain', message };
}

function complaints(messages: readonly string[], container: Container): Warning | null {
  const telling = messages.filter(
    (line) => !isHarmless(line) && (!container.discontinuous || isAboutContainer(line, container)),
  );
  const [first] = telling;
  if (first === undefined) return null;
  const found =
    telling.length === 1 ? 'an error in the headers:' : `${telling.length} errors in the headers, the first:`;
  const message = `FFmpeg found ${found} ${printable(first)}`;
  return { code: 'header-errors', message, count: telling.length };
}

// Said of healthy files too.
function isHarmless(line: string): boolean {
  return /SEI type \d+ size \d+ truncated|Could not update timestamps|Last message repeated|deprecated pixel format/.test(
    line,
  );
}

// A recording that begins in mid-GOP makes its decoders complain of what came before; that is no damage.
function isAboutContainer(line: string, container: Container): boolean {
  return line.startsWith(`[${container.format} @`);
}
