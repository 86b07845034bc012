import path from 'node:path';

export interface RecordedEntry {
  readonly path: string;
  readonly bytes: number;
  readonly crc32c?: string;
}

interface Part {
  readonly files: readonly RecordedEntry[];
  readonly journals?: readonly RecordedEntry[];
}

/** A mediactl.json, as far as it says which files there are. */
export interface Recorded extends Part {
  readonly renditions: readonly { readonly journal: RecordedEntry }[];
  readonly kept?: readonly Part[];
}

/** All files that a record names, those in journals too; of versions before it with `kept`. `read`: of the title. */
export async function recordedFiles(
  record: Recorded,
  read: (name: string) => Promise<string>,
  options: { readonly kept?: boolean } = {},
): Promise<RecordedEntry[]> {
  const present: Part = { files: record.files, journals: record.renditions.map(({ journal }) => journal) };
  const all: RecordedEntry[] = [];
  for (const { files, journals = [] } of [present, ...(options.kept === true ? (record.kept ?? []) : [])]) {
    all.push(...files, ...journals);
    for (const journal of journals) {
      for (const line of (await read(journal.path)).trim().split('\n')) {
        const { file, bytes, crc32c } = JSON.parse(line) as { file?: string; bytes: number; crc32c: string };
        if (file !== undefined)
          all.push({ path: path.posix.join(path.posix.dirname(journal.path), file), bytes, crc32c });
      }
    }
  }
  return all;
}
