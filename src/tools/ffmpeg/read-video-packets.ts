import { MediactlError } from '../../errors.js';
import type { VideoPackets } from '../../model/copy.js';
import type { LookDepth } from '../../model/media.js';
import type { Rational } from '../../model/rational.js';
import type { InputAddress } from '../../model/source.js';
import { inputSafetyArgs, USUAL_DEPTH } from '../input-safety.js';
import { capture, launch } from '../process.js';
import type { Toolbox } from '../toolbox.js';
import { PacketLines, type PacketOutput } from './packet-lines.js';

/** The video track to read. */
export interface PacketSource {
  readonly address: InputAddress;
  /** FFmpeg's demuxer name. */
  readonly format: string;
  /** What FFmpeg takes off every timestamp, seconds. */
  readonly startSeconds: number;
  readonly depth: LookDepth | null;
  /** FFmpeg's stream index. */
  readonly track: number;
  /** Frames a second of the title. */
  readonly rate: Rational;
}

/**
 * What is asked of the packets of an H.264 track (ITU-T H.264 7.4.1): all of them; the slices of IDR pictures, type 5; the
 * parameter sets in the packets, types 7 and 8; and those in the header, as they would stand before each keyframe.
 */
const OUTPUTS: readonly (readonly [output: PacketOutput, filter: string | null])[] = [
  ['packets', null],
  ['idr', 'filter_units=pass_types=5'],
  ['inBand', 'filter_units=pass_types=7-8'],
  ['header', 'filter_units=remove_types=7-8,dump_extra=freq=keyframe,filter_units=pass_types=7-8'],
];

/** The arguments of the run that reads them. Lines of the first output come on 1, of the others on 3 and up. */
export function packetArgs({ address, format, depth, track }: PacketSource): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error'],
    ...inputSafetyArgs(address, format, depth ?? USUAL_DEPTH),
    ...['-i', address.url],
    ...OUTPUTS.flatMap(([, filter], i) => [
      ...['-map', `0:${track}`, '-c', 'copy', ...(filter === null ? [] : ['-bsf:v', filter])],
      ...['-f', 'framecrc', `pipe:${i === 0 ? 1 : i + 2}`],
    ]),
  ];
}

/**
 * Reads an H.264 track from its first packet to its last, without decoding. Null: there is no packet. Throws
 * `tool-missing`, `input-unreadable` where it cannot be read to its end, and the signal's reason.
 */
export async function readVideoPackets(
  source: PacketSource,
  tools: Toolbox,
  signal?: AbortSignal,
): Promise<VideoPackets | null> {
  signal?.throwIfAborted();
  const level = await readLevel(source, tools, signal);
  const lines = new PacketLines(source.rate);
  const messages: string[] = [];
  const args = packetArgs(source);
  tools.onLook?.([tools.ffmpeg, ...args]);
  const [first, ...others] = OUTPUTS.map(
    ([output]) =>
      (line: string): void =>
        lines.add(output, line),
  );
  const running = launch({
    program: tools.ffmpeg,
    args,
    lines: {
      1: first ?? (() => {}),
      2: (line) => void messages.push(line),
      ...Object.fromEntries(others.map((add, i) => [i + 3, add])),
    },
    env: source.address.env,
  });
  const stop = (): void => running.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const exit = await running.ended;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (exit.kind === 'not-started') throw exit.error;
  if (exit.kind === 'exit' && exit.code === 0) {
    return lines.finish({ startSeconds: source.startSeconds, level, hasErrors: messages.length > 0 });
  }
  throw new MediactlError('input-unreadable', 'FFmpeg did not read the packets of the source to their end', {
    reason: messages.at(-1) ?? 'it was stopped',
    hint: 'check that the file plays elsewhere; without --copy-top it is encoded as far as it can be decoded',
    detail: messages.slice(-5),
  });
}

async function readLevel(
  { address, format, depth, track }: PacketSource,
  tools: Toolbox,
  signal?: AbortSignal,
): Promise<number | null> {
  const args = [
    ...['-v', 'error', '-hide_banner', '-of', 'csv=p=0', '-show_entries', 'stream=level'],
    ...['-select_streams', String(track), ...inputSafetyArgs(address, format, depth ?? USUAL_DEPTH), '-i', address.url],
  ];
  tools.onLook?.([tools.ffprobe, ...args]);
  const { stdout } = await capture(tools.ffprobe, args, { env: address.env, ...(signal ? { signal } : {}) });
  const level = Number.parseInt(stdout, 10);
  return level > 0 ? level : null;
}
