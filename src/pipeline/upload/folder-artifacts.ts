import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import type { Artifact, RecordedFile, TitleArtifacts, TitleRecord } from '../../model/artifact.js';
import { presentFiles } from '../../model/files-and-journals.js';
import { printable } from '../../model/text.js';
import { classOf } from '../../model/title-files.js';
import { segmentsOf } from '../../stages/publish/list-files.js';
import { forEachBounded } from '../../storage/bounded.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import { LocalStorage } from '../../storage/local.js';

const AT_ONCE = 8;

/**
 * The files of a title in a folder, each read and found as its record and its journals have it.
 * Throws MediactlError verify-failed when one is missing or another, input-unreadable.
 */
export async function folderArtifacts(made: TitleRecord, folder: string, signal: AbortSignal): Promise<TitleArtifacts> {
  const storage = new LocalStorage(folder);
  const { files, journals } = presentFiles(made);
  const check = async (recorded: RecordedFile): Promise<Artifact> => {
    signal.throwIfAborted();
    const { path, bytes } = recorded;
    const file = join(folder, path);
    const found = await storage.stat(path);
    if (found?.bytes !== bytes) throw notWhole(folder, path, found && `has ${found.bytes} bytes instead of ${bytes}`);
    const { crc32c } = await crc32cOfFile(file, signal).catch((error: unknown) => {
      throw asReadError(error, file);
    });
    const isSame = recorded.crc32c === undefined || recorded.crc32c === crc32c;
    if (!isSame) throw notWhole(folder, path, 'differs from what was encoded');
    return { path, bytes, class: classOf(recorded), file, crc32c };
  };
  const checked: Artifact[] = [];
  await forEachBounded([...files, ...journals].entries(), AT_ONCE, async ([at, file]) => {
    checked[at] = await check(file);
  });
  for (const journal of journals) {
    let segments = 0;
    await forEachBounded(segmentsOf(journal, { storage }), AT_ONCE, async (file) => {
      await check(file);
      segments++;
    });
    const { path } = journal;
    if (segments !== journal.segments)
      throw notWhole(folder, path, `lists ${segments} segments, not ${journal.segments}`);
  }
  return {
    files: checked,
    async *segments() {
      for (const journal of journals) {
        for await (const { path, bytes, crc32c } of segmentsOf(journal, { storage })) {
          const file = join(folder, path);
          yield { path, bytes, class: 'segment', file, crc32c: crc32c ?? (await crc32cOfFile(file, signal)).crc32c };
        }
      }
    },
  };
}

function notWhole(folder: string, path: string, why: string | null): MediactlError {
  return new MediactlError('verify-failed', `the title in ${printable(folder)} is incomplete`, {
    reason: `${printable(path)} ${why ?? 'is missing'}`,
    hint: 'run encode again: it makes what is missing',
  });
}
