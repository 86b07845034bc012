import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import type { Rendition } from '../../model/rendition.js';
import { containerOf } from '../../tools/containers/containers.js';

/** An initialization segment in its rendition's folder. */
export interface InitFile {
  readonly rendition: string;
  /** Base name. */
  readonly file: string;
  readonly bytes: number;
}

/** The initialization segments of a running encode: one a rendition, the same for all of its segments. */
export interface Inits {
  /**
   * Keeps the first of a rendition as a file, unless an earlier run has. Throws MediactlError('grid-broken') for one that
   * has other bytes: segments that go with different ones do not make one rendition.
   */
  keep(rendition: Rendition, bytes: Buffer): Promise<void>;
}

/** `folder` has a folder for each rendition. `onFile` is told of each once. */
export function createInits(folder: string, onFile: (init: InitFile) => void): Inits {
  const known = new Map<string, Promise<Buffer>>();
  const open = async ({ id, container }: Rendition, bytes: Buffer): Promise<Buffer> => {
    const file = containerOf({ container }).init;
    if (file === null) throw new RangeError(`${container} has no initialization segment`);
    const path = join(folder, id, file);
    const kept = await readIfThere(path);
    if (!kept) await writeWhole(path, bytes);
    onFile({ rendition: id, file, bytes: bytes.length });
    return kept ?? bytes;
  };
  return {
    async keep(rendition, bytes) {
      const { id, name } = rendition;
      const first = known.get(id) ?? open(rendition, bytes);
      known.set(id, first);
      if ((await first).equals(bytes)) return;
      throw new MediactlError('grid-broken', `segments of ${name} need different initialization segments`, {
        reason:
          'what was made before was encoded by other versions of FFmpeg or its encoders, or with other parameters',
        hint: 'make the title anew with --fresh',
      });
    },
  };
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Under its name it is whole, also after a power cut. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, 'w');
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    throw asWriteError(error, path);
  }
}
