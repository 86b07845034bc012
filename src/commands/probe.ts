import type { Chapter, ContentLight } from '../model/media-extras.js';
import type { AudioTrack, MediaInfo, OtherTrack, Scan, Size, TextTrack, VideoTrack } from '../model/media.js';
import { formatRational, toNumber } from '../model/rational.js';
import { printable } from '../model/text.js';
import { withSource } from '../pipeline/source/open-source.js';
import { tellSurvey } from '../pipeline/tell-survey.js';
import { count, formatBitrate, formatBytes, formatClock } from '../report/format.js';
import { aspectWords, containerName, summariseMedia } from '../report/media-words.js';
import { createStyle, type Style } from '../report/style.js';
import { wrap } from '../report/wrap.js';
import { probe } from '../stages/probe/probe.js';
import type { CommandContext } from './context.js';

/**
 * `mediactl probe`: what a file is, as text for a terminal `columns` wide or as JSON (MediaInfo with the field
 * schema "mediactl.media/1"). Throws what `probe` throws.
 */
export async function probeCommand(
  input: string,
  context: CommandContext & { readonly columns: number; readonly color: boolean; readonly unicode?: boolean },
): Promise<string> {
  const { settings, tools, signal, emit } = context;
  const onSurvey = tellSurvey(emit);
  const media = await withSource(input, settings, context, (source) => probe(source, tools, { signal, onSurvey }));
  if (settings.output.json) return `${JSON.stringify({ schema: 'mediactl.media/1', ...media }, null, 2)}\n`;
  return describeMedia(media, context.columns, createStyle({ color: context.color, unicode: context.unicode ?? true }));
}

/** The readable form; every text from the file made safe for a terminal. */
export function describeMedia(media: MediaInfo, columns: number, style: Style): string {
  const rows: [label: string, facts: (string | null)[]][] = [
    ['container', containerFacts(media)],
    ...media.video.map((track): [string, (string | null)[]] => [
      track.role === 'cover' ? `cover #${track.index}` : `video #${track.index}`,
      videoFacts(track, media, style),
    ]),
    ...media.audio.map((track): [string, (string | null)[]] => [`audio #${track.index}`, audioFacts(track, media)]),
    ...media.text.map((track): [string, (string | null)[]] => [`subtitle #${track.index}`, textFacts(track)]),
    ...media.other.map((track): [string, (string | null)[]] => [`other #${track.index}`, otherFacts(track)]),
    ...(media.chapters ? [['chapters', chapterFacts(media.chapters)] satisfies [string, string[]]] : []),
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const lines = rows.map(([label, facts]) => {
    const said = facts.filter((fact) => fact !== null).map(printable);
    return `  ${style.accent(label.padEnd(width))}${fold(said, columns - width - 2).join(`\n${' '.repeat(width + 2)}`)}`;
  });
  const warnings = media.warnings.map((warning) => {
    const text = fold(printable(warning.message).split(' '), columns - 4, ' ').join('\n    ');
    return `  ${style.caution(style.glyphs.warning)} ${text}`;
  });
  const summary = wrap(printable(summariseMedia(media)), columns);
  const heading = warnings.length === 0 ? [] : ['', style.caution(count(warnings.length, 'warning'))];
  return `${[style.strong(printable(media.source.path)), ...summary, ...lines, ...heading, ...warnings].join('\n')}\n`;
}

function containerFacts({ container, source }: MediaInfo): (string | null)[] {
  const length = container.durationSeconds;
  return [
    containerName(container.format),
    length === null ? 'length unknown' : lengthFact(length),
    formatBytes(source.bytes),
    container.bitRate === null ? null : formatBitrate(container.bitRate),
    container.startSeconds === 0 ? null : `starts at ${seconds(container.startSeconds)}`,
    container.seekable ? null : 'no exact seeking',
  ];
}

function videoFacts(track: VideoTrack, media: MediaInfo, style: Style): (string | null)[] {
  const { codedSize: coded, displaySize: shown, sampleAspect, orientation } = track;
  const same = coded.width === shown.width && coded.height === shown.height;
  const still = track.role === 'cover';
  return [
    named(track.codec, track.profile),
    still || track.bitRate === null ? null : formatBitrate(track.bitRate),
    same ? sizeText(shown, style) : `${sizeText(shown, style)} (coded ${sizeText(coded, style)})`,
    still ? null : aspectWords(shown),
    sampleAspect.num === sampleAspect.den ? null : `pixels ${sampleAspect.num}:${sampleAspect.den}`,
    orientation.mirror ? 'mirrored' : null,
    orientation.clockwise === 0
      ? null
      : `rotate ${orientation.clockwise}${style.glyphs.times === 'x' ? ' degrees' : '°'} clockwise`,
    still ? null : rateFact(track),
    still ? null : scanFact(track.scan),
    `${track.pixelFormat}, ${track.bitDepth} bit`,
    still ? null : colorFact(track),
    track.light === undefined ? null : lightFact(track.light),
    track.dolbyVision === null ? null : `Dolby Vision profile ${track.dolbyVision.profile}`,
    still || track.frames === null ? null : count(track.frames, 'frame'),
    ...(still ? [] : timingFacts(track, media)),
    ...nameFacts(track),
  ];
}

function audioFacts(track: AudioTrack, media: MediaInfo): (string | null)[] {
  return [
    languageFact(track),
    named(track.codec, track.profile),
    track.bitRate === null ? null : formatBitrate(track.bitRate),
    track.decodable ? null : 'no decoder',
    `${track.sampleRate / 1000} kHz`,
    track.channelLayout ?? CHANNELS[track.channels] ?? count(track.channels, 'channel'),
    track.role === 'main' ? null : track.role,
    track.isDefault ? 'default' : null,
    ...timingFacts(track, media),
    ...nameFacts(track),
  ];
}

function textFacts(track: TextTrack): (string | null)[] {
  return [
    languageFact(track),
    track.codec,
    track.form,
    track.isDefault ? 'default' : null,
    track.isForced ? 'forced' : null,
    ...nameFacts(track),
  ];
}

function otherFacts(track: OtherTrack): string[] {
  return [track.kind === 'other-program' ? 'of another program' : track.kind, track.codec];
}

/** The first few by name: a film has dozens. */
function chapterFacts(chapters: readonly Chapter[]): string[] {
  const named = chapters.slice(0, CHAPTERS).map(({ startSeconds, title }, i) => {
    return `${title ?? `chapter ${i + 1}`} at ${formatClock(startSeconds)}`;
  });
  const more = chapters.length - named.length;
  return [String(chapters.length), ...named, ...(more > 0 ? [`${more} more`] : [])];
}

const CHAPTERS = 6;

function lightFact({ maxCll, maxFall, masteringPeak }: ContentLight): string {
  const parts = [
    ...(maxCll === null ? [] : [`MaxCLL ${maxCll}`]),
    ...(maxFall === null ? [] : [`MaxFALL ${maxFall}`]),
    ...(masteringPeak === null ? [] : [`mastered at ${masteringPeak} cd/m²`]),
  ];
  return parts.join(', ');
}

function rateFact({ realFrameRate: real, averageFrameRate: average }: VideoTrack): string {
  const rate = average ?? real;
  if (rate === null) return 'frame rate unknown';
  const steady = real === null || Math.abs(toNumber(real) / toNumber(rate) - 1) < 0.001;
  const exact = steady && real !== null ? real : rate;
  const decimal = Number(toNumber(exact).toFixed(3));
  if (!steady) return `variable, ${decimal} fps on average`;
  return exact.den === 1 ? `${decimal} fps` : `${formatRational(exact)} (${decimal}) fps`;
}

function scanFact(scan: Scan): string | null {
  if (scan.kind === 'progressive') return null;
  return scan.kind === 'fields' ? 'interlaced (one field per frame)' : `interlaced (${scan.parity})`;
}

function colorFact({ color, dynamicRange }: VideoTrack): string {
  const names = [color.primaries, color.transfer, color.matrix].filter((name) => name !== null);
  const said = [...new Set(names)].join('/') || 'colour not tagged';
  const range = color.range === 'pc' ? ', full range' : '';
  return `${dynamicRange === 'sdr' ? '' : `${dynamicRange.toUpperCase()} HDR, `}${said}${range}`;
}

/** Where a track begins and ends when that differs from the file by more than a glance would forgive. */
function timingFacts(track: VideoTrack | AudioTrack, { container }: MediaInfo): (string | null)[] {
  const late = track.startSeconds - container.startSeconds;
  const length = track.durationSeconds;
  const short =
    length !== null && container.durationSeconds !== null && container.durationSeconds - late - length > 0.5;
  return [late > 0.02 ? `starts ${seconds(late)} late` : null, short ? `${seconds(length)} long` : null];
}

function nameFacts(track: { readonly title: string | null }): (string | null)[] {
  return [track.title === null ? null : `"${track.title}"`];
}

const CHANNELS: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo' };

function languageFact({ language }: { readonly language: string }): string {
  return language === 'und' ? 'language not tagged' : language;
}

function lengthFact(length: number): string {
  return length < 60 ? seconds(length) : `${formatClock(Math.round(length))} (${seconds(length)})`;
}

function sizeText({ width, height }: Size, style: Style): string {
  return `${width}${style.glyphs.times}${height}`;
}

function named(codec: string, profile: string | null): string {
  return profile === null ? codec : `${codec} ${profile}`;
}

function seconds(value: number): string {
  return `${Number(value.toFixed(3))} s`;
}

/** Joins pieces into lines no wider than `columns`; a single longer piece keeps its own line. */
function fold(pieces: readonly string[], columns: number, separator = ', '): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const joined = last === undefined ? piece : `${last}${separator}${piece}`;
    if (last !== undefined && joined.length + separator.trimEnd().length <= columns) lines[lines.length - 1] = joined;
    else if (last === undefined) lines.push(piece);
    else lines.splice(-1, 1, `${last}${separator.trimEnd()}`, piece);
  }
  return lines;
}
