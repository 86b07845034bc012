import type { CodedAudio, CodedVideo } from '../../../src/tools/coded/coded-segment.js';

const SPS = Buffer.from('67640015acd941b1fe4f016a0c0c0c800001f480005dc0078b16cb', 'hex');
const PPS = Buffer.from('68ef84f2c0', 'hex');

/** `count` pictures from frame `first` of the title, a keyframe each `gop`, shown in the order I P B b b of a pyramid. */
export function codedVideo(first: number, count: number, gop = 24): CodedVideo {
  const frames = Array.from({ length: count }, (_, i) => {
    const place = i % gop;
    const isSync = place === 0;
    return {
      data: nal(isSync ? 0x65 : 0x41, 40 + 7 * (i % 60)),
      shown: first + i - place + shownAt(place, Math.min(gop, count - i + place)),
      isSync,
    };
  });
  return { kind: 'video', parameters: { sps: [SPS], pps: [PPS] }, frames };
}

/** After the keyframe groups of four: the last of them first, then the one in the middle. */
function shownAt(place: number, gop: number): number {
  if (place === 0) return 0;
  const group = Math.floor((place - 1) / 4) * 4;
  return group + 4 < gop ? group + ([4, 2, 1, 3][(place - 1) % 4] ?? 0) : place;
}

function nal(type: number, bytes: number): Buffer {
  const unit = Buffer.alloc(4 + bytes, 0x5a);
  unit.writeUInt32BE(bytes);
  unit[4] = type;
  return unit;
}

/** `count` frames of AAC of 48 kHz from frame `first` of the title. */
export function codedAudio(first: number, count: number): CodedAudio {
  const frames = Array.from({ length: count }, (_, i) => Buffer.alloc(300 + (i % 9), 0x21));
  return { kind: 'audio', format: { objectType: 2, sampleRate: 48_000, channels: 2 }, first, frames };
}
