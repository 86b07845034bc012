import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/model/finding.js';
import { checkTitle } from '../../../src/stages/verify/check-title.js';
import { iframe, SEGMENT_BYTES, writeTitle, type WrittenTitle } from './written-title.js';

const RUNGS = ['high', 'low'];
let folder = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'side-by-side-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const sizeOf = (): Promise<number> => Promise.resolve(SEGMENT_BYTES);
const brief = (findings: readonly Finding[]): string[] => findings.map(({ code, path: where }) => `${code} ${where}`);

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const before = await fs.readFile(path.join(folder, file), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await fs.writeFile(path.join(folder, file), after);
}

const title = (changes: Partial<WrittenTitle> = {}): Promise<void> =>
  writeTitle(folder, { segments: 300, rungs: RUNGS, ...changes });

test('what is held does not grow with the title', async () => {
  await title({ segments: 10_000, rungs: ['a', 'b', 'c', 'd'] });
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as () => void;
  const heapUsed = (): number => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = heapUsed();
  let peak = before;
  let asked = 0;
  const findings = await checkTitle(folder, 'master.m3u8', {
    sizeOf: () => {
      if (asked++ % 4000 === 0) peak = Math.max(peak, heapUsed());
      return sizeOf();
    },
  });
  expect(findings).toEqual([]);
  // Each file is asked for once.
  expect(asked).toBe(40_000);
  // The playlists have 120 000 entries.
  expect((peak - before) / 1e6).toBeLessThan(2.5);
});

describe('sizes that the caller knows', () => {
  test('are taken, and the folder is asked for the others', async () => {
    await title();
    expect(await checkTitle(folder, 'master.m3u8', { sizeOf })).toEqual([]);

    const missing = ['low/00007.ts', 'low/00299.ts'];
    const known = (file: string): Promise<number | null> =>
      Promise.resolve(missing.includes(file) ? null : SEGMENT_BYTES);
    expect(brief(await checkTitle(folder, 'master.m3u8', { sizeOf: known }))).toEqual(
      missing.map((file) => `missing-file ${file}`),
    );
    for (const file of missing) await fs.writeFile(path.join(folder, file), Buffer.alloc(SEGMENT_BYTES));
    expect(await checkTitle(folder, 'master.m3u8', { sizeOf: known })).toEqual([]);
  });

  test('decide on bit rates and on byte ranges', async () => {
    await title();
    const small = (file: string): Promise<number> => Promise.resolve(file === 'low/00200.ts' ? 1000 : SEGMENT_BYTES);
    expect(new Set(brief(await checkTitle(folder, 'master.m3u8', { sizeOf: small })))).toEqual(
      new Set(['byterange-outside low/iframes.m3u8']),
    );
    const large = (file: string): Promise<number> =>
      Promise.resolve(SEGMENT_BYTES * (file === 'low/00200.ts' ? 1.2 : 1));
    const [finding, ...others] = await checkTitle(folder, 'master.m3u8', { sizeOf: large });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'bandwidth-wrong' });
    expect(finding?.message).toContain(`low/index.m3u8 says BANDWIDTH ${SEGMENT_BYTES * 4}, its files give`);
  });

  test('an error of theirs is passed on', async () => {
    await title();
    const broken = (): Promise<number> => Promise.reject(new Error('no network'));
    await expect(checkTitle(folder, 'master.m3u8', { sizeOf: broken })).rejects.toThrow('no network');
  });
});

test('many missing files are not a finding each', async () => {
  await title();
  const findings = await checkTitle(folder);
  const missing = findings.filter(({ code }) => code === 'missing-file');
  expect(missing.length).toBeGreaterThan(100);
  expect(missing.length).toBeLessThan(210);
  expect(missing.at(-1)?.message).toBe('and more of the same');
});

describe('I-frames beside their rung', () => {
  const whatIsWrong = async (): Promise<string[]> => {
    const findings = await checkTitle(folder, 'master.m3u8', { sizeOf });
    for (const finding of findings) expect(finding).toMatchObject({ severity: 'error', path: 'low/iframes.m3u8' });
    return findings.map(({ code, message }) => `${code}: ${message}`);
  };

  test('are found wherever their rung begins', async () => {
    await title({ segments: 3 });
    await edit('low/iframes.m3u8', iframe(564, '00000.ts') + iframe(188_564, '00000.ts'), '');
    expect(await whatIsWrong()).toEqual([
      'iframes-broken: it lasts 4 s, its rung 6 s',
      'iframes-broken: 1 segments of its rung have no I-frame in it',
    ]);
  });

  test('of no variant', async () => {
    await title({ segments: 3 });
    await edit('low/iframes.m3u8', /0000(?=\d.ts)/g, '1000');
    expect(await whatIsWrong()).toEqual(['iframes-broken: its I-frames are not in the segments of one variant']);
  });

  test('out of order in a segment', async () => {
    await title();
    const [one, two] = [iframe(564, '00150.ts'), iframe(188_564, '00150.ts')];
    await edit('low/iframes.m3u8', one + two, two + one);
    expect(await whatIsWrong()).toEqual([
      'iframes-broken: 18800@564 of 00150.ts is out of order'.replace('00150', 'low/00150'),
    ]);
  });

  test('of a segment before', async () => {
    await title({ segments: 4 });
    const [one, two] = ['00001.ts', '00002.ts'].map((file) => iframe(564, file) + iframe(188_564, file));
    await edit('low/iframes.m3u8', `${one}${two}`, `${two}${one}`);
    const found = await whatIsWrong();
    expect(found[0]).toBe('iframes-broken: 18800@564 of low/00001.ts is out of order, or in no segment of its rung');
  });

  test('of another rung', async () => {
    await title({ segments: 4 });
    await edit('low/iframes.m3u8', '00002.ts', '../high/00002.ts');
    const found = await whatIsWrong();
    expect(found[0]).toBe('iframes-broken: 18800@564 of high/00002.ts is out of order, or in no segment of its rung');
  });

  test('in rungs that are one file each', async () => {
    await title({ segments: 3 });
    const whole = (): Promise<number> => Promise.resolve(SEGMENT_BYTES * 3);
    for (const rung of RUNGS) {
      await edit(`${rung}/index.m3u8`, 'VERSION:3', 'VERSION:4');
      for (let i = 0; i < 3; i++) {
        const start = i * SEGMENT_BYTES;
        await edit(`${rung}/index.m3u8`, `,\n0000${i}.ts`, `,\n#EXT-X-BYTERANGE:${SEGMENT_BYTES}@${start}\nall.ts`);
        const both = [564, 188_564].map((offset) => iframe(offset, `0000${i}.ts`)).join('');
        const moved = [564, 188_564].map((offset) => iframe(start + offset, 'all.ts')).join('');
        await edit(`${rung}/iframes.m3u8`, both, moved);
      }
    }
    expect(await checkTitle(folder, 'master.m3u8', { sizeOf: whole })).toEqual([]);
  });
});

describe('a container other than MPEG-TS', () => {
  const fragmented = { segments: 3, name: (index: number) => `${index}.m4s`, tags: '#EXT-X-MAP:URI="init.mp4"\n' };

  test('is not held to packets of 188 bytes, but to its init section', async () => {
    await title(fragmented);
    for (const rung of RUNGS) {
      await edit(`${rung}/index.m3u8`, 'VERSION:3', 'VERSION:6');
      await edit(`${rung}/iframes.m3u8`, /@564/g, '@0');
    }
    expect(await checkTitle(folder, 'master.m3u8', { sizeOf })).toEqual([]);

    const known = (file: string): Promise<number | null> =>
      Promise.resolve(file === 'low/init.mp4' ? null : SEGMENT_BYTES);
    expect(brief(await checkTitle(folder, 'master.m3u8', { sizeOf: known }))).toEqual(['missing-file low/init.mp4']);
  });

  test('wants version 6 for it', async () => {
    await title(fragmented);
    await edit('high/index.m3u8', 'VERSION:3', 'VERSION:6');
    expect(brief(await checkTitle(folder, 'master.m3u8', { sizeOf }))).toEqual(['version-too-low low/index.m3u8']);
  });

  test('cannot be read deep', async () => {
    await title({ ...fragmented, tags: '' });
    const deep = await checkTitle(folder, 'master.m3u8', { sizeOf, deep: true });
    expect(new Set(deep.map(({ code }) => code))).toEqual(new Set(['segment-broken']));
  });
});
