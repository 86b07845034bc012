import type { InputAddress } from '../../model/source.js';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import type { FfmpegProgress } from '../../tools/ffmpeg/progress.js';
import type { Gate } from './gate.js';

/** One process of a running group, as the watchdog sees it. */
export interface Member {
  readonly command: FfmpegCommand;
  readonly pid: number | undefined;
  frames: number;
  /** Changes whenever the process has got further. */
  position: string;
  ended: boolean;
}

export interface GroupOptions {
  readonly ffmpeg: string;
  /** Of the source that the processes read. */
  readonly address: InputAddress;
  readonly stallSeconds: number;
  /** The source has to be decoded from its start to get to the wanted part: a long silence before the first output. */
  readonly skipsAhead: boolean;
  readonly signal: AbortSignal;
  /** The processes are suspended while it is shut. */
  readonly gate: Gate;
}

/** What processes tell while they run. */
export interface GroupListener {
  /** FFmpeg has closed this file of an output's list. */
  readonly onSegment: (rendition: string, file: string) => void;
  /** A process reported an error on stderr, given as its kind (numbers folded), and went on; `framesBefore`: what it had made by the report before the last. */
  readonly onError: (command: FfmpegCommand, kind: string, framesBefore: number) => void;
  /** What it reads of the source, in the words of tools/ffmpeg/measure.ts. */
  readonly onMeasure?: ((command: FfmpegCommand, line: string) => void) | undefined;
  readonly onProgress: (command: FfmpegCommand, progress: FfmpegProgress) => void;
}
