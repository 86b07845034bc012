import type { SeenRendition, SeenTitle } from './seen-title.js';

/** What playlists say, held against what ffprobe found in the segments. Sources: RFC 8216, Apple HLS authoring. */

const AAC_FRAME_TICKS = 1920;
const PROFILES: Readonly<Record<string, string>> = { '64': 'High', '4d': 'Main', '42': 'Constrained Baseline' };
const LONGEST_GOP_TICKS = 2.1 * 90_000;

export function masterFindings({ rungs, audio, master }: SeenTitle, iframePlaylists: number): string[] {
  const targets = new Set([...rungs, ...audio].map(({ playlist }) => playlist.tags.get('EXT-X-TARGETDURATION')));
  const grouped = audio.filter(({ attributes }) => attributes['TYPE'] === 'AUDIO');
  const defaults = grouped.filter(({ attributes }) => attributes['DEFAULT'] === 'YES').length;
  const names = new Set(grouped.map(({ attributes }) => attributes['NAME']));
  const hasSound = audio.length > 0;
  return lines([
    targets.size !== 1 && `target durations differ: ${[...targets].join()}`,
    !master.startsWith('#EXTM3U\n') && 'no EXTM3U first',
    !master.includes('\n#EXT-X-INDEPENDENT-SEGMENTS\n') && 'segments are not declared independent',
    iframePlaylists !== rungs.length && `${iframePlaylists} I-frame playlists for ${rungs.length} rungs`,
    (rungs.length > 0 || audio.length > 1) && grouped.length !== audio.length && 'sound outside of a group',
    grouped.length > 0 && defaults !== 1 && `${defaults} default renditions`,
    names.size !== grouped.length && 'two renditions have one name',
    ...grouped.map(({ attributes: { LANGUAGE, CHANNELS } }) => (!LANGUAGE || CHANNELS !== '2') && 'EXT-X-MEDIA lacks'),
    ...rungs.map(({ attributes: { CODECS = '' } }) => CODECS.includes('mp4a.40.2') !== hasSound && `CODECS ${CODECS}`),
    ...rungs.map(({ attributes: { AUDIO } }) => (AUDIO !== undefined) !== hasSound && `AUDIO ${AUDIO}`),
  ]);
}

export function rungFindings(title: SeenTitle, rung: SeenRendition): string[] {
  const { stream, attributes, segments, playlist, ticks } = rung;
  const top = title.rungs[0] ?? rung;
  const name = `${stream['width']}x${stream['height']}`;
  const { num, den } = title.rate ?? { num: 0, den: 1 };
  const due = (frames: number) => (frames * den) / num;
  const offGrid = ticks.findIndex((tick, n) => Math.abs(tick - title.zero - due(n) * 90_000) > 1);
  const sum = playlist.segments.reduce((total, { duration }) => total + duration, 0);
  const [, profile = '', level = ''] = /^avc1\.(..)..(..)(,|$)/i.exec(attributes['CODECS'] ?? '') ?? [];
  const idrs = segments.flatMap(({ idrTicks }) => idrTicks);
  const gop = Math.max(...idrs.map((tick, i) => tick - (idrs[i - 1] ?? tick)), 0);
  return lines([
    ...mediaFindings(rung, name),
    idrText(rung) !== idrText(top) && `${name}: IDR pictures at ${idrText(rung)}, not ${idrText(top)}`,
    gop > Math.max(LONGEST_GOP_TICKS, due(1) * 90_000 + 1) && `${name}: ${gop} ticks without an IDR picture`,
    ticks.length !== top.ticks.length && `${name}: ${ticks.length} frames, not ${top.ticks.length}`,
    offGrid >= 0 && `${name}: frame ${offGrid} is ${(ticks[offGrid] ?? 0) - title.zero} ticks from 0, off the grid`,
    ...segments.map((seen, i) => seen.idrTicks[0] !== seen.firstTicks && `${name}: no IDR at the start of ${i}`),
    ...segments.map(({ packets }, i) => {
      const listed = playlist.segments[i]?.duration ?? 0;
      return Math.abs(listed - due(packets)) > 2e-6 && `${name}: EXTINF ${listed} for ${packets} frames`;
    }),
    Math.abs(sum - due(ticks.length)) > due(1) && `${name}: the EXTINF sum is ${sum}`,
    new Set(segments.slice(0, -1).map(({ packets }) => packets)).size > 1 && `${name}: unequal segments`,
    attributes['RESOLUTION'] !== name && `${name}: RESOLUTION ${attributes['RESOLUTION']}`,
    Math.abs(Number(attributes['FRAME-RATE']) - num / den) > 6e-4 && `${name}: FRAME-RATE ${attributes['FRAME-RATE']}`,
    parseInt(level, 16) !== stream['level'] && `${name}: level in CODECS ${level}, truly ${stream['level']}`,
    PROFILES[profile.toLowerCase()] !== stream['profile'] && `${name}: profile ${profile}, truly ${stream['profile']}`,
    (Number(stream['width']) % 2) + (Number(stream['height']) % 2) !== 0 && `${name}: odd size`,
    ...Object.entries(PICTURE).map(([key, value]) => stream[key] !== value && `${name}: ${key} is ${stream[key]}`),
    ...TAGS.map((key) => [undefined, 'unknown'].includes(stream[key]) && `${name}: no ${key}`),
  ]);
}

const PICTURE: Readonly<Record<string, unknown>> = {
  codec_name: 'h264',
  pix_fmt: 'yuv420p',
  color_range: 'tv',
  sample_aspect_ratio: '1:1',
  field_order: 'progressive',
  side_data_list: undefined,
};
const TAGS = ['color_space', 'color_transfer', 'color_primaries'] as const;

export function audioFindings(title: SeenTitle, rendition: SeenRendition): string[] {
  const { stream, segments, playlist, ticks, attributes } = rendition;
  const name = `sound ${attributes['NAME'] ?? ''}`;
  const first = (ticks[0] ?? NaN) - title.zero;
  const gap = ticks.findIndex((tick, n) => n > 0 && Math.abs(tick - (ticks[n - 1] ?? 0) - AAC_FRAME_TICKS) > 1);
  const end = (ticks.at(-1) ?? NaN) + AAC_FRAME_TICKS - title.zero;
  const [picture] = title.rungs;
  const frame = title.rate ? (90_000 * title.rate.den) / title.rate.num : 0;
  const pictureEnd = (picture?.ticks.length ?? 0) * frame;
  return lines([
    ...mediaFindings(rendition, name),
    (first < -AAC_FRAME_TICKS - 1 || first > 1) && `${name}: starts ${first} ticks from 0`,
    gap > 0 && `${name}: a gap before frame ${gap}`,
    ...Object.entries(SOUND).map(([key, value]) => stream[key] !== value && `${name}: ${key} is ${stream[key]}`),
    ...segments.map(({ packets }, i) => {
      const listed = playlist.segments[i]?.duration ?? 0;
      return Math.abs(listed - (packets * AAC_FRAME_TICKS) / 90_000) > 2e-6 && `${name}: EXTINF ${listed} of ${i}`;
    }),
    ...(picture
      ? [
          Math.abs(end - pictureEnd) > Math.max(frame, AAC_FRAME_TICKS) + 2 &&
            `${name}: ends ${end}, not ${pictureEnd}`,
          picture.segments.length !== segments.length && `${name}: ${segments.length} segments`,
          ...segments.map(({ firstTicks }, i) => {
            const away = firstTicks - (picture.segments[i]?.firstTicks ?? NaN);
            return !(Math.abs(away) <= AAC_FRAME_TICKS + 2) && `${name}: segment ${i} starts ${away} ticks away`;
          }),
        ]
      : []),
  ]);
}

const SOUND: Readonly<Record<string, unknown>> = {
  codec_name: 'aac',
  profile: 'LC',
  channels: 2,
  sample_rate: '48000',
};

function mediaFindings({ playlist: { tags, segments: listed }, segments }: SeenRendition, name: string): string[] {
  const target = Number(tags.get('EXT-X-TARGETDURATION'));
  const version = Number(tags.get('EXT-X-VERSION'));
  return lines([
    tags.get('EXT-X-PLAYLIST-TYPE') !== 'VOD' && `${name}: not VOD`,
    !tags.has('EXT-X-ENDLIST') && `${name}: no ENDLIST`,
    version !== 3 && version !== 4 && `${name}: version ${version}`,
    listed.length !== segments.length && `${name}: ${listed.length} segments listed`,
    ...listed.map(({ duration }, i) => Math.round(duration) > target && `${name}: segment ${i} exceeds the target`),
  ]);
}

function idrText({ segments }: SeenRendition): string {
  return segments.map(({ idrTicks }) => idrTicks.join()).join(' | ');
}

function lines(findings: readonly (string | false)[]): string[] {
  return findings.filter((line) => line !== false);
}
