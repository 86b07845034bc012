import type { Capabilities } from '../capabilities.js';

/** One FFmpeg process to run: arguments without the program's name. */
export interface FfmpegCommand {
  /** For people: "decode", "encode 720p". */
  readonly label: string;
  /** `decode` only feeds encoders; `encode` has video segments as output, `audio` audio segments. */
  readonly role: 'decode' | 'encode' | 'audio';
  /** What it says on stderr is said of the source; else of what another process has made of it. */
  readonly readsSource: boolean;
  readonly args: readonly string[];
  /** Which renditions' closed segments are listed on which file descriptor. */
  readonly outputs: readonly { readonly rendition: string; readonly listFd: number }[];
  /** Where it tells what it reads (see measure.ts); not there: it does not. */
  readonly measureFd?: number;
  /** Named pipes this process writes frames to; they must exist before it starts. */
  readonly writesTo: readonly string[];
}

/**
 * What every process gets: no questions, errors only with their level, machine-readable progress on stdout. `INFO`: for those
 * that tell how frames are made up (measure.ts), which no filter writes anywhere but to the log.
 */
export function globalArgs(level: typeof ERRORS | typeof INFO = ERRORS): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-y', '-loglevel', `repeat+level+${level}`, '-nostats'],
    ...['-progress', 'pipe:1', '-stats_period', '0.5'],
  ];
}

export const ERRORS = 'error';
export const INFO = 'info';

/** What depends on the FFmpeg at hand. */
export interface FfmpegFeatures {
  /** 5.1 renamed -vsync to -fps_mode; later versions drop the old name. */
  readonly fpsMode: boolean;
}

/** Frames leave as they come: their count and times are already on the grid. */
export function passthroughArgs({ fpsMode }: FfmpegFeatures): string[] {
  return [fpsMode ? '-fps_mode' : '-vsync', 'passthrough'];
}

/** What the argv builders must know of the FFmpeg at hand. */
export function featuresOf({ major, minor }: Capabilities): FfmpegFeatures {
  return { fpsMode: major > 5 || (major === 5 && minor >= 1) };
}
