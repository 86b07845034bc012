import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { capture } from '../process.js';
import type { Toolbox } from '../toolbox.js';

/** The oldest Shaka Packager whose flags are those of command.ts. */
export const MINIMUM_PACKAGER = { major: 3, minor: 0 } as const;

/** A Shaka Packager that can be run. */
export interface Packager {
  /** A path, or a name to be found on the PATH. */
  readonly program: string;
  /** "3.4.2" */
  readonly version: string;
}

/** The program that is named, the one that npm brought, or else the one on the PATH. */
export function packagerProgram({ packager }: Pick<Toolbox, 'packager'>): string {
  return packager ?? bundled() ?? 'packager';
}

/** Throws MediactlError tool-missing and tool-too-old. */
export async function findPackager(tools: Toolbox, signal?: AbortSignal): Promise<Packager> {
  const program = packagerProgram(tools);
  tools.onLook?.([program, '--version']);
  const answer = await capture(program, ['--version'], { timeoutMs: 30_000, ...(signal && { signal }) }).catch(
    (error: unknown) => {
      const isMissing = error instanceof MediactlError && error.code === 'tool-missing';
      throw isMissing ? new MediactlError('tool-missing', error.message, { hint: HINT, cause: error }) : error;
    },
  );
  const found = /version v?((\d+)\.(\d+)[\w.]*)/.exec(answer.stdout + answer.stderr);
  if (!found) {
    const reason = 'it runs, but does not answer like Shaka Packager';
    throw new MediactlError('tool-missing', `${program} does not tell its version`, { reason, hint: HINT });
  }
  const [, version = '', major, minor] = found;
  const { major: leastMajor, minor: leastMinor } = MINIMUM_PACKAGER;
  if (Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor)) {
    const reason = `encryption needs Shaka Packager ${leastMajor}.${leastMinor} or newer`;
    throw new MediactlError('tool-too-old', `${program} ${version} is too old`, { reason, hint: HINT });
  }
  return { program, version };
}

const HINT = 'install it with "npm install shaka-packager", or name the program with --packager';

/** Of the npm package, the program for this machine; its index.js would only start that one in its turn. */
function bundled(): string | null {
  const platform = PLATFORMS[process.platform];
  const extension = process.platform === 'win32' ? '.exe' : '';
  if (platform === undefined) return null;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('shaka-packager/package.json'));
    const program = join(folder, 'bin', `packager-${platform}-${process.arch}${extension}`);
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'osx', win32: 'win' };
