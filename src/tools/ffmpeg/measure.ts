import type { SoundRun } from '../../model/meter.js';
import type { Form } from '../../model/track-forms.js';

/**
 * A filter graph's beginning that writes the time of each of a track's frames to a file descriptor and leaves the frames as
 * they are; what follows goes on behind it. `untilSeconds`: no frame after that is waited for; null: to the end of the source.
 */
export function measurePictures(fd: number, untilSeconds: number | null): string {
  const until = untilSeconds === null ? '' : `trim=end=${untilSeconds.toFixed(6)},`;
  // The second branch alone changes its time base: pts_time has six digits, pts all of them.
  const print = `metadata=mode=add:key=m:value=1,metadata=mode=print:file=pipe\\\\:${fd}`;
  return `split=2[read][measured];[measured]${until}settb=1/1000000,${print},${tellForms()},nullsink;[read]`;
}

/** Frames after which it is asked again how they are made up. */
const FORM_FRAMES = 12;

/**
 * Tells size, shape and format of key frames, with which they change, and of some between (see INFO in command.ts). Where each
 * frame is a key frame, of some.
 */
function tellForms(): string {
  const isDue = `eq(n,0)+key*not(ld(1))+gte(n-ld(0),${FORM_FRAMES})+0*st(1,key)`;
  return `select='if(${isDue},st(0,n)+1)',showinfo=checksum=0`;
}

/**
 * The beginning of a filter chain for sound that tells, whenever its channels or its rate become others, what they are from
 * then on: FFmpeg makes the filters anew then. The second frame is told of each time: the first one may have the rate or the
 * channels of the one before, and a wrong time.
 */
export function tellSoundForms(): string {
  return "asplit=2[heard][form];[form]aselect='eq(n,1)',ashowinfo,anullsink;[heard]anull";
}

/** Whether a line of a log is one of formTold. */
export function tellsForm(line: string): boolean {
  return /^\[Parsed_a?showinfo_\d+ @ \w+\] \[info\] n:/.test(line);
}

/** What a line of a log (see INFO in command.ts) tells of frames from a time on, seconds; null: nothing. */
export function formTold(line: string): { readonly at: number; readonly form: Form } | null {
  if (!tellsForm(line)) return null;
  const time = /\bpts_time:\s*(-?[\d.]+)/.exec(line)?.[1];
  const picture = /\bfmt:(\w+)\b.*?\bsar:(\d+)\/(\d+) s:(\d+x\d+)/.exec(line);
  const sound = /\bchannels:(\d+) chlayout:(.+?) rate:(\d+)/.exec(line);
  if (time === undefined) return null;
  if (picture) {
    const [, format = '', width = '0', height = '1', size = ''] = picture;
    // No shape told is a square one.
    const shape = width === '0' ? '1:1' : `${width}:${height}`;
    return { at: Number(time), form: { size, 'pixel-shape': shape, 'pixel-format': format } };
  }
  if (!sound) return null;
  const [, channels = '', layout = '', rate = ''] = sound;
  const isNamed = !/^\d+ channels|^unknown$/.test(layout);
  return { at: Number(time), form: { channels: isNamed ? layout : channels, 'sample-rate': rate } };
}

/** The time that a line of measurePictures tells, µs; null: it tells none. */
export function pictureTime(line: string): number | null {
  const time = /^frame:\d+\s+pts:(-?\d+)/.exec(line)?.[1];
  return time === undefined ? null : Number(time);
}

/** Output arguments that write the time and size of each packet of sound to a file descriptor. */
export function measureSound(fd: number): string[] {
  return ['-map', '0:0', '-c', 'copy', '-f', 'framecrc', `pipe:${fd}`];
}

/** The same of what a filter graph calls `label`, in the process that decodes. */
export function measureSoundOf(label: string, fd: number): string[] {
  return ['-map', label, '-c:a', 'pcm_f32le', '-f', 'framecrc', `pipe:${fd}`];
}

/** Bytes of a sample of one channel as it goes through the pipe (pcm_f32le). */
const SAMPLE_BYTES = 4;

/** What a line of measureSound tells, from the start of the pipe; null: nothing. */
export function soundRun(line: string, channels: number): SoundRun | null {
  const [, start, , bytes] = /^0,\s*(?:-?\d+),\s*(-?\d+),\s*(\d+),\s*(\d+),/.exec(line) ?? [];
  if (start === undefined || bytes === undefined) return null;
  return { start: Number(start), samples: Number(bytes) / SAMPLE_BYTES / channels };
}
