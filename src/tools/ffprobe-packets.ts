import { MediactlError } from '../errors.js';
import type { InputAddress } from '../model/source.js';
import { inputSafetyArgs } from './input-safety.js';
import { capture, launch } from './process.js';
import type { Toolbox } from './toolbox.js';

/** When a packet is to be decoded and shown, and for how long, in seconds on the container's own clock; null: not said. */
export interface PacketTimes {
  /** FFmpeg's stream index. */
  readonly stream: number;
  readonly pts: number | null;
  readonly dts: number | null;
  readonly duration: number | null;
}

/** ffprobe that has not read one packet for so long has been forgotten by its disk. Seconds. */
const SILENT_SECONDS = 60;

/**
 * Reads a source from its first byte to its last without decoding anything, and tells of each packet in the order of the
 * file, and at which byte of it each begins (null: not said); `only`: of one stream. Keeps nothing. Throws `tool-missing`,
 * `input-unreadable` when nothing comes for a minute or ffprobe ends before the file does, and the signal's reason.
 */
export async function readPackets(
  address: InputAddress,
  tools: Toolbox,
  onPacket: (packet: PacketTimes, at: number | null) => void,
  signal?: AbortSignal,
  only?: number,
): Promise<void> {
  signal?.throwIfAborted();
  let lines = 0;
  const entries = 'packet=stream_index,pts_time,dts_time,duration_time,pos';
  const args = [
    ...['-v', 'fatal', '-hide_banner', '-of', 'csv=p=0', '-show_entries', entries],
    ...(only === undefined ? [] : ['-select_streams', String(only)]),
    ...inputSafetyArgs(address),
    ...['-i', address.url],
  ];
  tools.onLook?.([tools.ffprobe, ...args]);
  const running = launch({
    program: tools.ffprobe,
    args,
    lines: {
      1: (line) => {
        lines += 1;
        const packet = parsePacket(line);
        if (packet) onPacket(packet, seconds(line.split(',', 5)[4]));
      },
    },
    env: address.env,
  });
  const stop = (): void => running.stop();
  signal?.addEventListener('abort', stop, { once: true });
  let seen = -1;
  let silent = 0;
  const timer = setInterval(() => {
    silent = lines === seen ? silent + 1 : 0;
    seen = lines;
    if (silent > SILENT_SECONDS) running.stop();
  }, 1000);
  const exit = await running.ended;
  clearInterval(timer);
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (exit.kind === 'not-started') throw exit.error;
  if (silent > SILENT_SECONDS) {
    throw unfinished(
      `it sent nothing for ${SILENT_SECONDS} s`,
      'copy the file to a local disk if it is on a slow network',
    );
  }
  // What it had read by then would pass for the whole.
  if (exit.kind === 'signal') throw unfinished(`it was killed by ${exit.signal}`, 'run the same command again');
  if (exit.code !== 0) throw unfinished(`it ended with exit code ${exit.code}`, 'check that the file plays elsewhere');
}

/** A packet that is said to stand for longer than others: when, and for how long, seconds. */
export interface LongPacket {
  readonly time: number;
  readonly duration: number;
}

const LOOK_LIMIT_MS = 60_000;
/** No frame of a steady rate stands so long. Seconds. */
const LONG = 0.15;

/**
 * Packets of a stream that the container says stand long, near the times `at` (the container's own, seconds): at most `around`
 * seconds off, or a key frame before that. Empty where it cannot be read. Throws `tool-missing`, and the signal's reason.
 */
export async function readLongPackets(
  address: InputAddress,
  tools: Toolbox,
  { stream, at, around }: { readonly stream: number; readonly at: readonly number[]; readonly around: number },
  signal?: AbortSignal,
): Promise<LongPacket[]> {
  const intervals = at.map((time) => `${Math.max(0, time - around).toFixed(3)}%${(time + around).toFixed(3)}`);
  const args = [
    ...['-v', 'fatal', '-hide_banner', '-of', 'csv=p=0', '-show_entries'],
    ...['packet=stream_index,pts_time,dts_time,duration_time', '-select_streams', String(stream)],
    ...['-read_intervals', intervals.join(',')],
    ...inputSafetyArgs(address),
    ...['-i', address.url],
  ];
  tools.onLook?.([tools.ffprobe, ...args]);
  const options = { timeoutMs: LOOK_LIMIT_MS, env: address.env };
  const { stdout } = await capture(tools.ffprobe, args, signal === undefined ? options : { signal, ...options });
  return stdout.split('\n').flatMap((line) => {
    const { pts = null, dts = null, duration = null } = parsePacket(line) ?? {};
    const time = pts ?? dts;
    return time === null || duration === null || duration < LONG ? [] : [{ time, duration }];
  });
}

/**
 * When the first packet of a stream is to be shown, by reading as far as that: seconds on the container's clock; null: there is
 * none, or it cannot be read. Throws `tool-missing`, and the signal's reason.
 */
export async function readFirstTime(
  address: InputAddress,
  tools: Toolbox,
  stream: number,
  signal?: AbortSignal,
): Promise<number | null> {
  const args = [
    ...['-v', 'fatal', '-hide_banner', '-of', 'csv=p=0', '-show_entries'],
    ...['packet=stream_index,pts_time,dts_time,duration_time', '-select_streams', String(stream)],
    ...['-read_intervals', '%+#1'],
    ...inputSafetyArgs(address),
    ...['-i', address.url],
  ];
  tools.onLook?.([tools.ffprobe, ...args]);
  const options = { timeoutMs: LOOK_LIMIT_MS, env: address.env };
  const { stdout } = await capture(tools.ffprobe, args, signal === undefined ? options : { signal, ...options });
  const { pts = null, dts = null } = parsePacket(stdout.split('\n')[0] ?? '') ?? {};
  return pts ?? dts;
}

function unfinished(reason: string, hint: string): MediactlError {
  return new MediactlError('input-unreadable', 'ffprobe did not read the source to its end', { reason, hint });
}

// "0,1.423222,1.423222,0.040000,564", with "N/A" for what is not known, and what side data adds behind.
function parsePacket(line: string): PacketTimes | null {
  const [stream, pts, dts, duration] = line.split(',', 4);
  const index = Number(stream);
  if (stream === undefined || stream === '' || !Number.isInteger(index)) return null;
  return { stream: index, pts: seconds(pts), dts: seconds(dts), duration: seconds(duration) };
}

function seconds(text: string | undefined): number | null {
  const value = text === undefined || text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
