import { MediactlError } from '../../errors.js';
import type { Container, LookDepth, MediaInfo, Scan, Warning } from '../../model/media.js';
import type { InputAddress, Source } from '../../model/source.js';
import { printable } from '../../model/text.js';
import { ffprobeFrames, type FfprobeReport, type FfprobeStream } from '../../tools/ffprobe.js';
import { USUAL_DEPTH } from '../../tools/input-safety.js';
import type { Toolbox } from '../../tools/toolbox.js';
import { applySurvey, surveyWarnings, withReadLength, withReadTimes } from './apply-survey.js';
import { toContainer } from './container.js';
import { look } from './look.js';
import { refuseByContent, refuseUndecodable } from './refuse.js';
import { SAMPLE_FRAMES, sampleTimes, scanFromFrames, scanFromHeaders } from './scan-type.js';
import { sniff, SNIFF_BYTES } from './sniff.js';
import { canDecode, sortStreams } from './sort-streams.js';
import { inspectStructure } from './structure.js';
import { reasonToSurvey } from './survey.js';
import { toAudioTrack, toTextTrack, toVideoTrack } from './tracks.js';
import { headerWarnings } from './warnings.js';

/**
 * What a source is. Opens it and nothing else, by one run of ffprobe; only one that may be interlaced, whose codec nobody
 * knows, or whose headers are not enough (see surveySource) costs more. Throws what the `input-…` codes name, `tool-missing` and `tool-too-old`.
 */
export async function probe(input: Source, tools: Toolbox, options: { signal?: AbortSignal } = {}): Promise<MediaInfo> {
  const { signal } = options;
  const { identity: source, address } = input;
  const { path } = source;
  if (source.bytes === 0) {
    const hint = 'it may still be being written or copied: wait, or fetch it again';
    throw new MediactlError('input-empty', `${printable(path)} is empty`, { reason: 'it has 0 bytes', hint });
  }
  const inside = await lookInside(input);
  const { sniffed, structure } = inside;
  const refused = refuseByContent(path, sniffed, structure);
  if (refused !== null) throw refused;

  const { messages, depth, decoders, findings, ...looked } = await look(input, inside, tools, signal);
  const { report, survey } = applySurvey(looked.report, findings);
  const sorted = sortStreams(report, decoders);
  const [lost] = sorted.undecodable;
  if (lost !== undefined && sorted.motion.length === 0) {
    const codec = lost.codec_name ?? lost.codec_tag_string ?? 'this codec';
    throw refuseUndecodable(path, codec, { decodable: canDecode(lost, decoders), depth });
  }

  const scans = await Promise.all(sorted.motion.map((stream) => readScan(address, tools, { stream, report }, signal)));
  const motion = sorted.motion.map((stream, i) =>
    toVideoTrack(stream, report.format, { role: 'motion', scan: scans[i] ?? { kind: 'progressive' } }),
  );
  const covers = sorted.covers.map((stream) =>
    toVideoTrack(stream, report.format, { role: 'cover', scan: { kind: 'progressive' } }),
  );
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
    ...sorted.warnings,
    ...motion.flatMap((made) => made.warnings),
  ];
  return { source, container, video, audio, text, other: sorted.other, survey, warnings };
}

async function lookInside(input: Source) {
  const { distant, identity } = input;
  const access = { bytes: identity.bytes, distant, read: (at: number, length: number) => input.read(at, length) };
  return { sniffed: sniff(await input.read(0, SNIFF_BYTES)), structure: await inspectStructure(access) };
}

async function readScan(
  address: InputAddress,
  tools: Toolbox,
  { stream, report }: { stream: FfprobeStream; report: FfprobeReport },
  signal?: AbortSignal,
): Promise<Scan> {
  const stated = scanFromHeaders(stream);
  if (stated.kind !== 'ask-frames') return stated;
  const { start_time, duration } = report.format;
  const sample = { stream: stream.index, times: sampleTimes(start_time ?? 0, duration), count: SAMPLE_FRAMES };
  return scanFromFrames(await ffprobeFrames(address, tools, sample, signal), stream.field_order);
}

// Headers of MP4 and Matroska list all tracks: who knows them by their index need not see them first.
function depthToOpen({ format }: Container, depth: LookDepth): LookDepth | null {
  return depth === USUAL_DEPTH || /\b(?:mov|matroska)\b/.test(format) ? null : depth;
}
