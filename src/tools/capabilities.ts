import { basename } from 'node:path';
import { MediactlError } from '../errors.js';
import { installHint } from './install-hint.js';
import { capture } from './process.js';
import type { Toolbox } from './toolbox.js';

/** What an FFmpeg at hand can do. */
export interface Capabilities {
  /** As it calls itself: "5.1.9-0+deb12u1", "N-109468-gd39b34123d". */
  readonly version: string;
  /** 99 for a build from git, which is newer than any release in doubt. */
  readonly major: number;
  readonly minor: number;
  readonly encoders: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  /** Names of decoders ("libdav1d") and of what they decode ("av1"). */
  readonly decoders: ReadonlySet<string>;
}

/** The oldest FFmpeg that mediactl works with. */
export const MINIMUM_VERSION = { major: 4, minor: 4 } as const;

/** Asks ffmpeg what it is and has (three short runs, side by side). Throws `tool-missing` and `tool-too-old`. */
export async function readCapabilities(tools: Toolbox, signal?: AbortSignal): Promise<Capabilities> {
  const [encoders, filters, decoders] = await Promise.all(
    ['-encoders', '-filters', '-decoders'].map((list) => {
      tools.onLook?.([tools.ffmpeg, list]);
      return ask(tools.ffmpeg, list, signal);
    }),
  );
  const version = requireVersion(tools.ffmpeg, encoders?.stderr ?? '');
  return {
    ...version,
    encoders: new Set(parseCodecList(encoders?.stdout ?? '').map(({ name }) => name)),
    filters: new Set(parseFilterList(filters?.stdout ?? '')),
    decoders: new Set(parseCodecList(decoders?.stdout ?? '').flatMap(({ name, codec }) => [name, codec])),
  };
}

export interface ToolVersion {
  readonly version: string;
  readonly major: number;
  readonly minor: number;
}

/** The version of ffmpeg or ffprobe. Throws `tool-missing`, and `tool-too-old` below `MINIMUM_VERSION`. */
export async function readVersion(
  program: string,
  { signal, onLook }: { signal?: AbortSignal; onLook?: Toolbox['onLook'] } = {},
): Promise<ToolVersion> {
  onLook?.([program, '-version']);
  const { stdout, stderr } = await ask(program, '-version', signal);
  return requireVersion(program, stdout + stderr);
}

/** From the first line that ffmpeg and ffprobe print: "ffmpeg version n6.1.1 Copyright …"; null when there is none. */
export function parseVersion(banner: string): ToolVersion | null {
  const version = /^ff(?:mpeg|probe) version (\S+)/m.exec(banner)?.[1];
  if (version === undefined) return null;
  const release = /^n?(\d{1,2})\.(\d+)/.exec(version);
  if (release) return { version, major: Number(release[1]), minor: Number(release[2]) };
  const bare = /^n?(\d{1,2})(?=$|[^\d])/.exec(version);
  return { version, major: bare ? Number(bare[1]) : 99, minor: 0 };
}

/** Lines of `ffmpeg -encoders` and `-decoders`, e.g. " V....D libdav1d   dav1d AV1 decoder (codec av1)". */
export function parseCodecList(text: string): { name: string; codec: string }[] {
  return [...text.matchAll(/^ [VAS][A-Z.]{5} ([^\s=]+)\s*(.*)$/gm)].map(([, name = '', description = '']) => ({
    name,
    codec: /\(codec (\S+)\)\s*$/.exec(description)?.[1] ?? name,
  }));
}

/** Lines of `ffmpeg -filters`, e.g. " TS. bwdif   V->V   Deinterlace …"; newer FFmpeg has fewer flag columns. */
export function parseFilterList(text: string): string[] {
  return [...text.matchAll(/^ [A-Z.]{2,3} (\S+)\s+[AVN|]+->[AVN|]+/gm)].map(([, name = '']) => name);
}

async function ask(program: string, question: string, signal?: AbortSignal) {
  try {
    return await capture(program, [question], {
      timeoutMs: TIME_LIMIT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw withInstallHint(error);
  }
}

const TIME_LIMIT_MS = 30_000;

/** `tool-missing` said with what to install on this system; other errors stay as they are. */
export function withInstallHint(error: unknown): unknown {
  if (!(error instanceof MediactlError) || error.code !== 'tool-missing') return error;
  const named = error.reason === 'there is no such file';
  return new MediactlError('tool-missing', error.message, {
    ...(error.reason === null ? {} : { reason: error.reason }),
    hint: named
      ? 'check the path given with --ffmpeg or --ffprobe; without them, the programs on the PATH are used'
      : `${installHint()}; or name another FFmpeg with --ffmpeg and --ffprobe`,
    cause: error.cause,
  });
}

function requireVersion(program: string, banner: string): ToolVersion {
  const found = parseVersion(banner);
  if (found === null) {
    throw new MediactlError('tool-missing', `${program} does not tell its version`, {
      reason: 'it runs, but does not answer like FFmpeg',
      hint:
        program === basename(program) ? installHint() : 'name the FFmpeg program itself with --ffmpeg and --ffprobe',
      detail: banner
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-5),
    });
  }
  const { major, minor } = MINIMUM_VERSION;
  if (found.major < major || (found.major === major && found.minor < minor)) {
    throw new MediactlError('tool-too-old', `${program} ${found.version} is too old`, {
      reason: `mediactl needs FFmpeg ${major}.${minor} or newer`,
      hint: installHint(),
    });
  }
  return found;
}
