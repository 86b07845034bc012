import { availableParallelism, freemem } from 'node:os';
import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import { formatBytes } from '../report/format.js';
import { createStyle, type Style } from '../report/style.js';
import { readCapabilities, readVersion, type Capabilities } from '../tools/capabilities.js';
import { installCommand } from '../tools/install-hint.js';
import { memoryLimit } from '../tools/memory.js';
import { FEATURES, type Feature } from '../tools/needed-features.js';
import { findPackager, packagerProgram } from '../tools/packager/find.js';
import { freeBytes } from '../tools/space.js';
import type { Toolbox } from '../tools/toolbox.js';

/**
 * `mediactl doctor`: which outside tools are there, what they can do, and what this machine offers, as text or JSON
 * (schema "mediactl.doctor/1"). `ok`: encode can run, if perhaps not on every kind of source.
 */
export async function doctor(options: {
  readonly json: boolean;
  readonly tools: Toolbox;
  readonly cwd: string;
  readonly color: boolean;
  /** List what is there, too; else only what is missing. */
  readonly verbose: boolean;
}): Promise<{ text: string; ok: boolean }> {
  const report = await examine(options.tools, options.cwd);
  const text = options.json ? `${JSON.stringify(report, null, 2)}\n` : describe(report, options);
  return { text, ok: report.ok };
}

/** Its name in reports; only encryption needs it. */
const PACKAGER = 'packager';
const PACKAGER_HINT = 'to encrypt: npm install shaka-packager, or name the program with --packager';

interface ToolReport {
  readonly name: string;
  readonly program: string;
  readonly status: 'ok' | 'missing' | 'too-old';
  readonly version: string | null;
  readonly problem: string | null;
}

interface DoctorReport {
  readonly schema: 'mediactl.doctor/1';
  readonly ok: boolean;
  readonly tools: readonly ToolReport[];
  readonly features: readonly (Feature & { readonly found: boolean })[];
  readonly install: string | null;
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
    readonly folder: string;
    readonly freeDiskBytes: number | null;
  };
}

async function examine(tools: Toolbox, folder: string): Promise<DoctorReport> {
  const [ffmpeg, ffprobe, packager, freeDiskBytes] = await Promise.all([
    attempt(() => readCapabilities(tools)),
    attempt(() => readVersion(tools.ffprobe, tools)),
    attempt(() => findPackager(tools)),
    freeBytes(folder),
  ]);
  const features =
    ffmpeg.kind === 'found' ? FEATURES.map((feature) => ({ ...feature, found: has(ffmpeg.value, feature) })) : [];
  const encoding = [toReport('ffmpeg', tools.ffmpeg, ffmpeg), toReport('ffprobe', tools.ffprobe, ffprobe)];
  const lacksTool = encoding.some(({ status }) => status !== 'ok');
  const lacking = features.filter(({ found }) => !found);
  return {
    schema: 'mediactl.doctor/1',
    ok: !lacksTool && !lacking.some(({ required }) => required),
    tools: [...encoding, toReport(PACKAGER, packagerProgram(tools), packager)],
    features,
    install: lacksTool || lacking.length > 0 ? installCommand() : null,
    machine: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      memoryBytes: memoryLimit(),
      freeMemoryBytes: freemem(),
      folder,
      freeDiskBytes: Number.isFinite(freeDiskBytes) ? freeDiskBytes : null,
    },
  };
}

type Attempt<T> =
  { readonly kind: 'found'; readonly value: T } | { readonly kind: 'failed'; readonly error: MediactlError };

async function attempt<T>(read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'found', value: await read() };
  } catch (error) {
    if (error instanceof MediactlError) return { kind: 'failed', error };
    throw error;
  }
}

function toReport(name: string, program: string, found: Attempt<{ readonly version: string }>): ToolReport {
  if (found.kind === 'found') return { name, program, status: 'ok', version: found.value.version, problem: null };
  const { code, message, reason } = found.error;
  const problem = reason === null ? message : `${message}: ${reason}`;
  return { name, program, status: code === 'tool-too-old' ? 'too-old' : 'missing', version: null, problem };
}

function has(capabilities: Capabilities, { kind, name }: Feature): boolean {
  return (kind === 'encoder' ? capabilities.encoders : capabilities.filters).has(name);
}

function describe(report: DoctorReport, { color, verbose }: { color: boolean; verbose: boolean }): string {
  const style = createStyle({ color, unicode: true });
  const { machine } = report;
  const good = style.good(style.glyphs.done);
  const line = (sign: string, name: string, rest: string) => `  ${sign} ${name.padEnd(12)} ${rest}`;
  const tools = report.tools.map((tool) =>
    tool.status === 'ok'
      ? line(
          good,
          tool.name,
          `${printable(tool.version ?? '')}${tool.program === tool.name ? '' : `  (${printable(tool.program)})`}`,
        )
      : tool.name === PACKAGER
        ? line(
            style.caution(style.glyphs.warning),
            tool.name,
            `${printable(tool.problem ?? tool.status)} — only --drm needs it`,
          )
        : line(style.bad('✘'), tool.name, printable(tool.problem ?? tool.status)),
  );
  const disk = machine.freeDiskBytes === null ? 'unknown' : formatBytes(machine.freeDiskBytes);
  const lines = [
    report.ok ? style.good('encode can run') : style.bad('encode cannot run'),
    '',
    style.strong('Tools'),
    ...tools,
    ...featureLines(report.features, style, line, verbose),
    '',
    style.strong('This machine'),
    line(' ', 'system', `${machine.platform}, Node.js ${machine.node}`),
    line(' ', 'cores', String(machine.cores)),
    line(' ', 'memory', `${formatBytes(machine.memoryBytes)}, ${formatBytes(machine.freeMemoryBytes)} free`),
    line(' ', 'disk', `${disk} free in ${printable(machine.folder)}`),
  ];
  const lacks = (tool: ToolReport) => tool.status !== 'ok' && tool.name !== PACKAGER;
  if (report.tools.some((tool) => tool.name === PACKAGER && tool.status !== 'ok')) lines.push('', PACKAGER_HINT);
  const missing = report.tools.some(lacks) || report.features.some(({ found }) => !found);
  if (missing) lines.push('', `to install what is missing: ${report.install ?? 'https://ffmpeg.org/download.html'}`);
  return `${lines.join('\n')}\n`;
}

/** What FFmpeg lacks, and how much it has; with `verbose` all of it, each with its use. */
function featureLines(
  features: DoctorReport['features'],
  style: Style,
  line: (sign: string, name: string, rest: string) => string,
  verbose: boolean,
): string[] {
  if (features.length === 0) return [];
  const good = style.good(style.glyphs.done);
  const lacking = features.filter(({ found }) => !found).length;
  const shown = verbose ? features : features.filter(({ found }) => !found);
  const rest =
    lacking === 0 ? `all ${features.length} found` : `${features.length - lacking} of ${features.length} found`;
  return [
    '',
    style.strong('Encoders and filters of ffmpeg'),
    ...shown.map(({ name, use, required, found }) => {
      if (found) return line(good, name, use);
      const sign = required ? style.bad('✘') : style.caution(style.glyphs.warning);
      return line(sign, name, `${use} — ${required ? 'encode cannot run without it' : 'only such sources need it'}`);
    }),
    ...(verbose ? [] : [line(lacking === 0 ? good : ' ', rest, '(--verbose lists them)')]),
  ];
}
