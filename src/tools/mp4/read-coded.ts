import {
  frameAt,
  type AacFormat,
  type CodedPicture,
  type CodedSegment,
  type FrameClock,
} from '../coded/coded-segment.js';
import { readAvcConfig } from '../h264/avcc.js';
import { readAudioConfig } from './audio-config.js';
import { findBox, openFullBox, requireBox, type Box } from './boxes.js';
import { broken } from './broken.js';
import { AUDIO_ENTRY, VIDEO_ENTRY } from './codecs.js';
import { isSync, readFragments, type Fragment } from './fragments.js';

/**
 * Takes the elementary stream out of a segment of one track, which `init` describes. Throws
 * MediactlError('encode-failed') where the bytes are not sound, or a frame is not at a time at which the title has one.
 */
export function readCodedFragments(bytes: Buffer, init: Buffer, clock: FrameClock): CodedSegment {
  const fragments = readFragments(bytes);
  if (fragments.length === 0) throw broken('it has no fragment');
  const entry = sampleEntry(init);
  switch (entry.type) {
    case 'avc1':
    case 'avc3':
      return readVideo(bytes, fragments, readParameters(init, entry), clock);
    case 'mp4a':
      return readAudio(bytes, fragments, readAudioFormat(init, entry), clock);
    default:
      throw broken('its codec is neither H.264 nor AAC');
  }
}

function sampleEntry(init: Buffer): Box {
  const stsd = requireBox(init, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']);
  const { at } = openFullBox(init, stsd, 12);
  const type = init.toString('latin1', at + 8, at + 12);
  const entry = findBox(init, type, at + 4, stsd.end);
  if (!entry) throw broken('it does not describe its samples');
  return entry;
}

function readParameters(init: Buffer, entry: Box): ReturnType<typeof readAvcConfig> & object {
  const box = findBox(init, 'avcC', entry.body + VIDEO_ENTRY, entry.end);
  const parameters = box && readAvcConfig(init.subarray(box.body, box.end));
  if (!parameters) throw broken('there is no avcC that says what its codec is');
  return parameters;
}

function readAudioFormat(init: Buffer, entry: Box): AacFormat {
  const esds = findBox(init, 'esds', entry.body + AUDIO_ENTRY, entry.end);
  const format = esds && readAudioConfig(init.subarray(esds.body + 4, esds.end));
  if (!format) throw broken('box "esds" does not say what its codec is');
  return format;
}

function readVideo(
  bytes: Buffer,
  fragments: readonly Fragment[],
  parameters: Extract<CodedSegment, { kind: 'video' }>['parameters'],
  clock: FrameClock,
): CodedSegment {
  const frames: CodedPicture[] = [];
  eachSample(fragments, (fragment, i, decoded, from) => {
    const sample = fragment.samples[i];
    if (!sample) return;
    const shown = frameAt(decoded + sample.offset, clock);
    if (shown === null) throw broken(`a frame at tick ${decoded + sample.offset} is not on the grid`);
    frames.push({ data: bytes.subarray(from, from + sample.bytes), shown, isSync: isSync(sample) });
  });
  return { kind: 'video', parameters, frames };
}

function readAudio(bytes: Buffer, fragments: readonly Fragment[], format: AacFormat, clock: FrameClock): CodedSegment {
  const frames: Buffer[] = [];
  let first: number | null = null;
  eachSample(fragments, (fragment, i, decoded, from) => {
    const frame = frameAt(decoded, clock);
    first ??= frame;
    if (frame === null || frame !== (first ?? 0) + frames.length) {
      throw broken(`sound is missing or doubled before audio frame ${frames.length}`);
    }
    frames.push(bytes.subarray(from, from + (fragment.samples[i]?.bytes ?? 0)));
  });
  return { kind: 'audio', format, first: first ?? 0, frames };
}

/** Each sample with its time of decoding and where its bytes begin. */
function eachSample(
  fragments: readonly Fragment[],
  take: (fragment: Fragment, index: number, decoded: number, from: number) => void,
): void {
  for (const fragment of fragments) {
    let { time, data } = fragment;
    for (const [i, { duration, bytes }] of fragment.samples.entries()) {
      take(fragment, i, time, data);
      time += duration;
      data += bytes;
    }
  }
}
