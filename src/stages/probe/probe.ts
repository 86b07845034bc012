import { MediactlError } from '../../errors.js';
import type { MediaInfo, Scan, Warning } from '../../model/media.js';
import type { InputAddress, Source } from '../../model/source.js';
import { printable } from '../../model/text.js';
import { readCapabilities } from '../../tools/capabilities.js';
import { ffprobe, ffprobeFrames, type FfprobeReport, type FfprobeStream } from '../../tools/ffprobe.js';
import type { Toolbox } from '../../tools/toolbox.js';
import { toContainer } from './container.js';
import { refuseByContent, refuseReport, refuseUndecodable, refuseUnopened } from './refuse.js';
import { SAMPLE_FRAMES, sampleTimes, scanFromFrames, scanFromHeaders } from './scan-type.js';
import { sniff, SNIFF_BYTES } from './sniff.js';
import { canDecode, isDoubtful, sortStreams } from './sort-streams.js';
import { inspectStructure } from './structure.js';
import { toAudioTrack, toTextTrack, toVideoTrack } from './tracks.js';
import { headerWarnings } from './warnings.js';

/**
 * What a source is. Opens it and nothing else, by one run of ffprobe; only one that may be interlaced, or whose codec
 * nobody knows, costs more. Throws what the `input-…` codes name, `tool-missing` and `tool-too-old`.
 */
export async function probe(input: Source, tools: Toolbox, options: { signal?: AbortSignal } = {}): Promise<MediaInfo> {
  const { signal } = options;
  const { identity: source, address } = input;
  const { path } = source;
  if (source.bytes === 0) {
    const hint = 'it may still be being written or copied; wait, or fetch it again';
    throw new MediactlError('input-empty', `${printable(path)} is empty`, { reason: 'it holds 0 bytes', hint });
  }
  const { sniffed, structure } = await lookInside(input);
  throwIf(refuseByContent(path, sniffed, structure));

  const answer = await ffprobe(address, tools, signal);
  if (answer.kind === 'failure') throw refuseUnopened(path, { sniffed, structure }, answer);
  const { report, messages } = answer;
  throwIf(refuseReport(path, sniffed, report));

  const decoders = report.streams.some(isDoubtful) ? (await readCapabilities(tools, signal)).decoders : null;
  const sorted = sortStreams(report, decoders);
  const [lost] = sorted.undecodable;
  if (lost !== undefined && sorted.motion.length === 0) {
    throw refuseUndecodable(path, lost.codec_name ?? lost.codec_tag_string ?? 'this codec', canDecode(lost, decoders));
  }

  const scans = await Promise.all(sorted.motion.map((stream) => readScan(address, tools, { stream, report }, signal)));
  const motion = sorted.motion.map((stream, i) =>
    toVideoTrack(stream, report.format, { role: 'motion', scan: scans[i] ?? { kind: 'progressive' } }),
  );
  const covers = sorted.covers.map((stream) =>
    toVideoTrack(stream, report.format, { role: 'cover', scan: { kind: 'progressive' } }),
  );
  const container = toContainer(report.format, structure);
  const video = [...motion, ...covers].map(({ track }) => track).sort((a, b) => a.index - b.index);
  const audio = sorted.audio.map((stream) => toAudioTrack(stream, report.format, canDecode(stream, decoders)));
  const text = sorted.text.map((stream) => toTextTrack(stream, report.format));
  const warnings: Warning[] = [
    ...headerWarnings({ container, tracks: [...video, ...audio, ...text], structure, messages }),
    ...sorted.warnings,
    ...motion.flatMap((made) => made.warnings),
  ];
  return { source, container, video, audio, text, other: sorted.other, warnings };
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

function throwIf(error: MediactlError | null): void {
  if (error !== null) throw error;
}
