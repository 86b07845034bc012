import { MediactlError } from '../../errors.js';
import type { LookDepth } from '../../model/media.js';
import type { Source } from '../../model/source.js';
import { readCapabilities } from '../../tools/capabilities.js';
import { ffprobe, type FfprobeReport } from '../../tools/ffprobe.js';
import { DEEPER, USUAL_DEPTH } from '../../tools/input-safety.js';
import type { Toolbox } from '../../tools/toolbox.js';
import type { Structure } from './container-structure.js';
import { refuseReport, refuseUnopened } from './refuse.js';
import type { Sniffed } from './sniff.js';
import { canDecode, isDoubtful } from './sort-streams.js';
import { surveySource, type SurveyFindings } from './survey.js';

/** What ffprobe says of a source, looked at as far as it takes. */
export interface Look {
  readonly report: FfprobeReport;
  /** ffprobe's error lines. */
  readonly messages: readonly string[];
  /** How far was looked for tracks. */
  readonly depth: LookDepth;
  /** Codecs that can be decoded here; null when nobody had reason to ask. */
  readonly decoders: ReadonlySet<string> | null;
  /** Null where the headers are enough. */
  readonly findings: SurveyFindings | null;
}

export interface LookOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how far a source has been read whose headers are not enough: bytes, of how many. */
  readonly onSurvey?: (bytes: number, totalBytes: number) => void;
}

/** What is known of a source's bytes before FFmpeg sees them. */
export interface Inside {
  readonly sniffed: Sniffed;
  readonly structure: Structure | null;
}

/**
 * Opens a source by ffprobe, which looks further where a track is announced that has not shown itself yet; where headers
 * are not enough for its lengths, reads it to the end. Throws what the `input-…` codes name, `tool-missing`, `tool-too-old`.
 */
export async function look(
  input: Source,
  inside: Inside,
  tools: Toolbox,
  { signal, onSurvey }: LookOptions = {},
): Promise<Look> {
  const usual = await ask(input, inside, tools, USUAL_DEPTH, signal);
  const { report } = usual;
  const findings = await surveySource(
    input,
    tools,
    { report, structure: inside.structure },
    { signal, onProgress: (bytes) => onSurvey?.(bytes, input.identity.bytes) },
  );
  const decoders = report.streams.some(isDoubtful) ? (await readCapabilities(tools, signal)).decoders : null;
  const found = { ...usual, depth: USUAL_DEPTH, decoders, findings };
  // What is kept back by a server is looked into once more, and no further.
  const steps = input.distant ? DEEPER.slice(0, 1) : DEEPER;
  let best: Look = found;
  for (const depth of steps) {
    if (!lacksTracks(best)) break;
    best = { ...found, ...(await ask(input, inside, tools, depth, signal)), depth };
  }
  return best;
}

async function ask(input: Source, inside: Inside, tools: Toolbox, depth: LookDepth, signal?: AbortSignal) {
  const { path } = input.identity;
  const answer = await ffprobe(input.address, tools, signal, depth);
  if (answer.kind === 'failure') throw refuseUnopened(path, inside, answer);
  const refused = refuseReport(path, inside.sniffed, answer.report);
  if (refused instanceof MediactlError) throw refused;
  return { report: answer.report, messages: answer.messages };
}

/** Whether a track that could be decoded has not shown itself; of one that was found to be empty nothing is to be hoped. */
function lacksTracks({ report, decoders, findings }: Look): boolean {
  const read = findings === null ? null : new Set(findings.indices);
  if (read !== null && [...read].some((index) => index >= report.streams.length)) return true;
  return report.streams.some(
    (stream) => isDoubtful(stream) && canDecode(stream, decoders) && (read === null || read.has(stream.index)),
  );
}
