import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Artifact, TitleRecord } from '../../../src/model/artifact.js';
import type { FileClass } from '../../../src/model/title-files.js';

/** A title whose every file says which version it is of, staged in `folder`; its parts in publishing order. */
export function stageTitle(
  folder: string,
  version: number,
  options: { readonly shared?: boolean; readonly segments?: number; readonly write?: boolean } = {},
): { readonly artifacts: Artifact[]; readonly record: TitleRecord } {
  const { shared = false, segments = 4, write = true } = options;
  const artifacts: Artifact[] = [];
  const hex = version.toString(16).padStart(8, '0');
  const add = (path: string, kind: FileClass, content: string): void => {
    const file = join(folder, path);
    if (write) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    artifacts.push({ path, class: kind, file, bytes: Buffer.byteLength(content) });
  };
  // With `shared`, the sound is the same in all versions, as when only the picture's settings changed.
  const renditions = [`720p-${hex}`, `360p-${hex}`, shared ? 'audio-en-aaaaaaaa' : `audio-en-${hex}`];
  const of = (id: string): string => (id.endsWith('aaaaaaaa') ? 'every version' : `version ${version}`);
  for (const id of renditions) {
    for (let index = 0; index < segments; index++) add(`${id}/0000${index}.ts`, 'segment', `${of(id)} ${id} ${index}`);
    add(`${id}/segments.ndjson`, 'record', `${of(id)} journal`);
  }
  for (const id of renditions) {
    const names = Array.from({ length: segments }, (_, index) => `0000${index}.ts`);
    add(`${id}/index.m3u8`, 'media-playlist', [`# ${of(id)}`, ...names].join('\n'));
  }
  const names = renditions.map((id) => `${id}/index.m3u8`);
  add('master.m3u8', 'multivariant-playlist', [`# version ${version}`, ...names].join('\n'));
  return { artifacts, record: recordOf(artifacts, version) };
}

export function recordOf(artifacts: readonly Artifact[], version: number): TitleRecord {
  return {
    schema: 'mediactl.title/1',
    tool: { mediactl: '0.1.0', ffmpeg: '5.1' },
    finishedAt: '2026-01-02T03:04:05.000Z',
    source: { path: 'a.mp4', absolutePath: '/a.mp4', bytes: 1, modifiedMs: 2, fingerprint: 'f' },
    status: 'complete',
    edition: null,
    planKey: `key ${version}`,
    plan: { any: 'thing' },
    renditions: [],
    files: artifacts.map(({ path, bytes }) => ({ path, bytes })),
    warnings: [
      { code: 'a', message: 'b' },
      { code: 'c', message: 'd', count: 3 },
    ],
  };
}
