import type { MediaInfo, OtherTrack, TextTrack } from '../../model/media.js';
import type { PlanNotes } from './notes.js';

/** Names what a title does not carry yet: subtitles, which a viewer would miss, data, timecodes, attachments. */
export function omitOtherTracks({ text, other }: MediaInfo, notes: PlanNotes): void {
  for (const track of text) {
    const { index, codec, language, form } = track;
    const entry = { track: index, codec, language, reason: TEXT_REASON[form] };
    notes.omitTrack(describeText(track), { kind: 'subtitles', code: 'subtitles', ...entry });
  }
  if (text.length > 0) {
    const message = `the title has no subtitles; left out: ${text.map(describeText).join(', ')}`;
    notes.warn('subtitles-left-out', message, text.length);
  }
  for (const track of other) {
    const { index, kind, codec } = track;
    const entry = { track: index, codec, language: null, reason: OTHER_REASON[kind] };
    notes.omitTrack(describeOther(track), { kind: OTHER_KIND[kind], code: kind, ...entry });
  }
}

const TEXT_REASON = {
  text: 'subtitles are not supported yet',
  bitmap: 'HLS has no image subtitles, and they are not converted to text',
} as const;

const OTHER_KIND = {
  data: 'data',
  timecode: 'timecode',
  attachment: 'attachment',
  'other-program': 'other',
  unknown: 'other',
} as const;

const OTHER_REASON = {
  data: 'titles carry no data tracks',
  timecode: 'titles carry no timecode; the title starts at 0',
  attachment: 'titles carry no attached files (fonts, images)',
  'other-program': 'it belongs to another program of the stream',
  unknown: 'FFmpeg does not know what it is',
} as const;

function describeText(track: TextTrack): string {
  const facts = [
    track.language,
    track.codec,
    track.title === null ? null : `"${track.title}"`,
    track.isForced ? 'forced' : null,
  ];
  return `subtitle track ${track.index} (${facts.filter((fact) => fact !== null).join(', ')})`;
}

function describeOther(track: OtherTrack): string {
  const kind = track.kind === 'attachment' ? 'attachment' : `${track.kind} track`;
  return `${kind} ${track.index}${track.codec ? ` (${track.codec})` : ''}`;
}
