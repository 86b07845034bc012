import type { MediaInfo, Size } from '../model/media.js';
import { count } from './format.js';

/** A container's name for people: "MP4" for FFmpeg's "mov,mp4,m4a,3gp,3g2,mj2"; FFmpeg's own where none is known. */
export function containerName(format: string): string {
  const names = format.split(',');
  return CONTAINERS.find(([demuxer]) => names.includes(demuxer))?.[1] ?? format;
}

const CONTAINERS: readonly (readonly [demuxer: string, name: string])[] = [
  ['mov', 'MP4 or QuickTime'],
  ['webm', 'Matroska or WebM'],
  ['matroska', 'Matroska'],
  ['mpegts', 'MPEG transport stream'],
  ['mpeg', 'MPEG program stream'],
  ['mxf', 'MXF'],
  ['avi', 'AVI'],
  ['flv', 'Flash Video'],
  ['asf', 'Windows Media (ASF)'],
  ['ogg', 'Ogg'],
  ['wav', 'WAV'],
  ['w64', 'Wave64'],
  ['aiff', 'AIFF'],
  ['mp3', 'MP3'],
  ['flac', 'FLAC'],
  ['aac', 'AAC (ADTS)'],
  ['dv', 'DV'],
  ['gxf', 'GXF'],
];

/** "16:9" for a shape that has a name, within a hundredth; else as cinemas say it: "2.39:1". */
export function aspectWords({ width, height }: Size): string | null {
  if (width <= 0 || height <= 0) return null;
  const ratio = width / height;
  const named = ASPECTS.find(([across, down]) => Math.abs(ratio / (across / down) - 1) < 0.01);
  if (named) return named.join(':');
  return ratio >= 1 ? `${Number(ratio.toFixed(2))}:1` : `1:${Number((1 / ratio).toFixed(2))}`;
}

const ASPECTS: readonly (readonly [number, number])[] = [
  [16, 9],
  [4, 3],
  [1, 1],
  [9, 16],
  [3, 4],
  [3, 2],
  [2, 1],
  [4, 5],
  [5, 4],
];

/** What kind of source it is, in one line: "1080p, 16:9, SDR, 2 audio tracks (en, fr), 3 subtitle tracks". */
export function summariseMedia({ video, audio, text }: MediaInfo): string {
  const [picture] = video.filter(({ role }) => role === 'motion');
  const facts: (string | null)[] =
    picture === undefined
      ? ['no video']
      : [
          `${Math.min(picture.displaySize.width, picture.displaySize.height)}${picture.scan.kind === 'progressive' ? 'p' : 'i'}`,
          aspectWords(picture.displaySize),
          picture.dynamicRange === 'sdr' ? 'SDR' : `HDR (${picture.dynamicRange.toUpperCase()})`,
        ];
  return [...facts, tracks(audio, 'audio track') ?? 'no audio', tracks(text, 'subtitle track')]
    .filter((fact) => fact !== null)
    .join(', ');
}

function tracks(all: readonly { readonly language: string }[], noun: string): string | null {
  if (all.length === 0) return null;
  const languages = [...new Set(all.map(({ language }) => language).filter((language) => language !== 'und'))];
  return count(all.length, noun) + (languages.length === 0 ? '' : ` (${languages.join(', ')})`);
}
