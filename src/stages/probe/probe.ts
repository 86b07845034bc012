import { MediactlError } from '../../errors.js';
import type { Container, LookDepth, MediaInfo, Survey, Warning } from '../../model/media.js';
import type { Source } from '../../model/source.js';
import { printable } from '../../model/text.js';
import type { FfprobeReport } from '../../tools/ffprobe.js';
import { USUAL_DEPTH } from '../../tools/input-safety.js';
import type { Toolbox } from '../../tools/toolbox.js';
import { applySurvey, leftWarnings, surveyWarnings, withReadLength, withReadTimes } from './apply-survey.js';
import { codecWarnings } from './codec-changes.js';
import type { RandomAccess } from './container-structure.js';
import { toContainer } from './container.js';
import { chaptersOf } from './extras.js';
import { look, type LookOptions } from './look.js';
import { refuseByContent, refuseUndecodable } from './refuse.js';
import { seePictures } from './see-pictures.js';
import { sniff, SNIFF_BYTES } from './sniff.js';
import { canDecode, sortStreams } from './sort-streams.js';
import { inspectStructure } from './structure.js';
import { reasonToSurvey } from './survey.js';
import { toAudioTrack, toTextTrack, toVideoTrack, UNSEEN } from './tracks.js';
import { headerWarnings } from './warnings.js';

/**
 * What a source is. Opens it and nothing else, by one run of ffprobe; only one that may be interlaced, whose codec nobody
 * knows, or whose headers are not enough (see surveySource) costs more. Throws what the `input-…` codes name, `tool-missing` and `tool-too-old`.
 */
export async function probe(input: Source, tools: Toolbox, options: LookOptions = {}): Promise<MediaInfo> {
  const { signal } = options;
  const { identity: source } = input;
  const { path } = source;
  if (source.bytes === 0) {
    const hint = 'it may still be being written or copied: wait, or fetch it again';
    throw new MediactlError('input-empty', `${printable(path)} is empty`, { reason: 'it has 0 bytes', hint });
  }
  const inside = await lookInside(input);
  const { sniffed, structure } = inside;
  const refused = refuseByContent(path, sniffed, structure);
  if (refused !== null) throw refused;

  const { messages, depth, decoders, findings, ...looked } = await look(input, inside, tools, options);
  const { report, survey, left } = applySurvey(looked.report, findings);
  const sorted = sortStreams(report, decoders);
  const [lost] = sorted.undecodable;
  if (lost !== undefined && sorted.motion.length === 0) {
    const codec = lost.codec_name ?? lost.codec_tag_string ?? 'this codec';
    throw refuseUndecodable(path, codec, { decodable: canDecode(lost, decoders), depth });
  }

  const seconds = lengthOf(report, survey);
  const seen = await Promise.all(
    sorted.motion.map((stream) => seePictures(input, tools, { stream, format: report.format, seconds }, signal)),
  );
  const motion = seen.map(({ stream, ...pictures }) =>
    toVideoTrack(stream, report.format, { role: 'motion', ...pictures }),
  );
  const covers = sorted.covers.map((stream) => toVideoTrack(stream, report.format, { role: 'cover', ...UNSEEN }));
  const isDoubtful = reasonToSurvey(looked.report, structure) !== null;
  const stated = toContainer(report.format, structure, isDoubtful);
  const container = { ...withReadLength(stated, survey), depth: depthToOpen(stated, depth) };
  const statedVideo = [...motion, ...covers].map(({ track }) => track).sort((a, b) => a.index - b.index);
  const statedAudio = sorted.audio.map((stream) => toAudioTrack(stream, report.format, canDecode(stream, decoders)));
  const video = statedVideo.map((track) => withReadTimes(track, survey));
  const audio = statedAudio.map((track) => withReadTimes(track, survey));
  const text = sorted.text.map((stream) => toTextTrack(stream, report.format));
  const isRead = survey !== null;
  const warnings: Warning[] = [
    ...headerWarnings({
      container: stated,
      tracks: [...statedVideo, ...statedAudio, ...text],
      structure,
      messages,
      isRead,
    }),
    ...surveyWarnings(findings, stated, container),
    ...leftWarnings(left, stated.startSeconds),
    ...(await codecWarnings(accessTo(input), structure, { streams: [...sorted.motion, ...sorted.audio] }, signal)),
    ...sorted.warnings,
    ...motion.flatMap((made) => made.warnings),
  ];
  const chapters = chaptersOf(looked.report);
  return { source, container, video, audio, text, other: sorted.other, survey, ...chapters, warnings };
}

async function lookInside(input: Source) {
  return { sniffed: sniff(await input.read(0, SNIFF_BYTES)), structure: await inspectStructure(accessTo(input)) };
}

function accessTo(input: Source): RandomAccess {
  const { distant, identity } = input;
  return { bytes: identity.bytes, distant, read: (at, length) => input.read(at, length) };
}

/** Seconds, as far as it is known where a look at the middle of a source is. */
function lengthOf({ format }: FfprobeReport, survey: Survey | null): number | null {
  const ends = survey?.tracks.map(({ endSeconds }) => endSeconds) ?? [];
  return ends.length > 0 ? Math.max(...ends) - (format.start_time ?? 0) : format.duration;
}

// Headers of MP4 and Matroska list all tracks: who knows them by their index need not see them first.
function depthToOpen({ format }: Container, depth: LookDepth): LookDepth | null {
  return depth === USUAL_DEPTH || /\b(?:mov|matroska)\b/.test(format) ? null : depth;
}
