import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { acquireLock } from '../../src/pipeline/work/lock.js';
import { prepareStaging } from '../../src/pipeline/work/staging.js';
import { text } from './fake-bench.js';
import { startMediactl, type Ran } from './run.js';
import { NAMES, useTitles } from './title-bench.js';

/** `ls` and `rm`: the real program on titles of its own, in a bucket behind a socket and in folders. */

/** util-linux's `script` makes them. */
const NO_TERMINALS = process.platform !== 'linux' || !existsSync('/usr/bin/script');

const bench = useTitles({
  buckets: [{ name: 'kept', retentionPolicy: { retentionPeriod: '3600' } }],
  tokens: [{ token: 'reads-only', permissions: ['storage.objects.get', 'storage.objects.list'] }],
});
const { at, publish, names, api } = bench;
const run = (...args: string[]): Promise<Ran> => bench.run(args);

/** With a terminal of its own, which answers with these keys when asked, after `meanwhile`. */
async function onTerminal(
  args: readonly string[],
  keys: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<{ exitCode: number | null; text: string }> {
  const bin = fileURLToPath(new URL('../../bin/mediactl.js', import.meta.url));
  const command = [process.execPath, bin, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: bench.cwd,
    env: { ...process.env, ...bench.env },
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    if (!shown.includes('[y/N]') && (shown + more).includes('[y/N]'))
      void meanwhile().then(() => child.stdin.write(keys));
    shown += more;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, text: shown };
}

describe('ls', () => {
  test('titles of any name, one listing for all, each record read once', async () => {
    for (const name of NAMES) await publish(name);
    await bench.fake.control.clearLog();
    const ran = await run('ls', `gs://media/${bench.place}`, '--json');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    const listed = ran.events[0];
    expect(listed?.['titles'].map(({ name }: { name: string }) => name).toSorted()).toEqual(NAMES.toSorted());
    const there = await bench.fake.control.objects('media');
    for (const title of listed?.['titles'] ?? []) {
      const own = there.filter(({ name }) => text(name).startsWith(`${title.location.slice('gs://media/'.length)}/`));
      expect(title).toMatchObject({ state: 'complete', missing: 0, changed: 0, others: 0, rungs: ['144p'] });
      expect(title.durationSeconds).toBeCloseTo(3, 1);
      expect(title).toMatchObject({
        objects: own.length,
        bytes: own.reduce((sum, { size }) => sum + Number(size), 0),
      });
      expect(Date.parse(title.finishedAt)).toBeGreaterThan(0);
    }
    const { byKind } = await bench.fake.control.counts();
    // The record of each, and its journals.
    expect(byKind).toEqual({ 'object-list': 1, 'object-media': 3 * NAMES.length });
    for (const name of NAMES) {
      const { stdout } = await run('ls', at(name), '--json');
      expect(JSON.parse(stdout)).toMatchObject({ location: at(name), titles: [{ name, location: at(name) }] });
    }
  });

  test('what is missing, changed, older, foreign or unreadable is told', async () => {
    await publish('movie');
    await publish('movie', 'second');
    await publish('hurt');
    const [gone = '', other = ''] = (await names()).filter((name) => /\/hurt\/.*\.ts$/.test(name));
    await api('DELETE', gone);
    await api('POST', other, 'not what was encoded');
    await api('POST', `${bench.place}/movie/notes.txt`, 'x');
    await api('POST', `${bench.place}/strange/mediactl.json`, '{"schema":"mediactl.title/9"}');
    await api('POST', `${bench.place}/loose.txt`, 'xyz');
    const ran = await run('ls', `gs://media/${bench.place}`, '--json');
    expect(ran.events[0]).toMatchObject({
      titles: [
        { name: 'hurt', state: 'incomplete', missing: 1, changed: 1, kept: { versions: 0 } },
        { name: 'movie', state: 'complete', missing: 0, others: 1, kept: { versions: 1, objects: expect.any(Number) } },
      ],
      unreadable: [{ name: 'strange', reason: expect.stringContaining('another version of mediactl') }],
      others: { objects: 2 },
    });
    const { stdout } = await run('ls', `gs://media/${bench.place}`);
    expect(stdout).toMatch(/^hurt .* 1 missing, 1 changed$/m);
    expect(stdout).toMatch(/^movie .* complete$/m);
    expect(stdout).toMatch(/^! strange: not a title/m);
    expect(stdout).toMatch(/^2 objects, \d+ B, not part of any title$/m);
    for (const width of [20, 40, 60, 80]) {
      const narrow = await bench.run(['ls', `gs://media/${bench.place}`], { env: { COLUMNS: String(width) } });
      const table = narrow.stdout.split('\n').filter((line) => /^(title|movie) /.test(line));
      expect(table.length).toBe(2);
      for (const line of table) expect(line.length).toBeLessThanOrEqual(Math.max(width, 30));
    }
  });

  test('in a folder a changed byte is found by ls --check and before an upload, and plain ls says what it compared', async () => {
    const folder = path.join(bench.cwd, 'flipped');
    const look = async (...more: string[]): Promise<unknown> => (await run('ls', folder, '--json', ...more)).events[0];
    const flip = async (name: string): Promise<() => Promise<void>> => {
      const file = path.join(folder, name);
      const [before, after] = [await fs.readFile(file), await fs.readFile(file)];
      const at = after.length - 2;
      after[at] = (after[at] ?? 0) ^ 1;
      await fs.writeFile(file, after);
      return () => fs.writeFile(file, before);
    };
    await fs.cp(path.join(bench.root, 'first'), folder, { recursive: true });
    const all = (await fs.readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const recorded = all.length - 1;
    expect(await look()).toMatchObject({ titles: [{ changed: 0, compared: { byChecksum: 0, bySize: recorded } }] });
    const whole = { state: 'complete', changed: 0, compared: { byChecksum: recorded, bySize: 0 } };
    expect(await look('--check')).toMatchObject({ titles: [whole] });
    const listed = (await run('ls', folder)).stdout;
    expect(listed).toContain('compared by size; --check also reads');
    expect(listed).toMatch(/^title +length +rungs +audio +files /);
    const paths = all.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    const [segment = '', playlist = ''] = [/\.ts$/, /index\.m3u8$/].map((kind) =>
      paths.find((name) => kind.test(name)),
    );
    for (const name of [segment, playlist, 'master.m3u8']) {
      const mend = await flip(name);
      expect(await look(), name).toMatchObject({ titles: [{ state: 'complete' }] });
      expect(await look('--check'), name).toMatchObject({ titles: [{ state: 'incomplete', changed: 1 }] });
      const { exitCode, events } = await run('upload', folder, at('flipped'), '--json', '--no-receipt');
      expect(exitCode, name).toBe(8);
      expect(events.at(-1), name).toMatchObject({ code: 'verify-failed', reason: expect.stringContaining(name) });
      await mend();
    }
    expect(await names()).toEqual([]);
  });

  test('in a folder whose record has no checksums, that is said', async () => {
    const folder = path.join(bench.cwd, 'old');
    await fs.cp(path.join(bench.root, 'first'), folder, { recursive: true });
    const file = path.join(folder, 'mediactl.json');
    await fs.writeFile(file, (await fs.readFile(file, 'utf8')).replaceAll(/,?\s*"crc32c": ?"[^"]*"/g, ''));
    const { stdout } = await run('ls', folder, '--check');
    expect(stdout).toMatch(/complete/);
    expect(stdout).toMatch(/compared by size and checksum; \d+ files by size only, because the record has no checksum/);
  });

  test('a folder of titles, and places without any', async () => {
    await fs.cp(path.join(bench.root, 'first'), path.join(bench.cwd, '-my titles', 'a#b'), { recursive: true });
    const { stdout, exitCode } = await run('ls', '--', '-my titles');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^a#b .* complete$/m) });
    expect(await run('ls', `gs://media/${bench.place}/nothing`)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no titles below'),
    });
  });
});

describe('rm', () => {
  test('removes titles of any name, playlist first and record last, and nothing else', async () => {
    for (const name of NAMES) await publish(name);
    await publish(NAMES[0] ?? '', 'second');
    await api('POST', `${bench.place}/${NAMES[0]}/notes.txt`, 'x');
    const before = await names();
    for (const name of NAMES) {
      const own = before.filter(
        (object) => object.startsWith(`${bench.place}/${name}/`) && !object.endsWith('notes.txt'),
      );
      const dry = await run('rm', at(name), '--dry-run', '--json');
      expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, titles: [{ objects: own.length, removed: 0 }] });
      await bench.fake.control.clearLog();
      const { stdout, exitCode } = await run('rm', at(name), '--yes', '--json');
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        dryRun: false,
        titles: [{ location: at(name), removed: own.length, changed: [], others: name === NAMES[0] ? 1 : 0 }],
      });
      const removed = (await bench.fake.control.writes()).map(({ object }) =>
        object.slice(`${bench.place}/${name}/`.length),
      );
      const rank = (object: string): number =>
        object === 'master.m3u8' ? 0 : object === 'mediactl.json' ? 3 : object.endsWith('.m3u8') ? 1 : 2;
      expect(removed.map(rank)).toEqual(removed.map(rank).toSorted());
      expect(removed.length).toBe(own.length);
    }
    expect(await names()).toEqual([`${bench.place}/${NAMES[0]}/notes.txt`]);
  });

  test('a place of several titles needs --recursive; what is no title of ours is left alone', async () => {
    await publish('a');
    await publish('deep/b');
    await api('POST', `${bench.place}/strange/mediactl.json`, '{}');
    const several = await run('rm', `gs://media/${bench.place}`, '--yes');
    expect(several.exitCode).toBe(2);
    expect(several.stderr).toMatch(/below it: a, deep\/b/);
    expect((await run('rm', at('strange'), '--yes', '--json')).events).toMatchObject([{ code: 'output-not-ours' }]);
    expect((await run('rm', at('nothing'), '--yes', '--json')).events).toMatchObject([{ code: 'input-not-found' }]);
    expect((await run('rm', `gs://media/${bench.place}`, '--yes', '-r')).stdout).toMatch(
      /removed 2 titles: \d+ objects/,
    );
    expect(await names()).toEqual([`${bench.place}/strange/mediactl.json`]);
  });

  test.skipIf(NO_TERMINALS)('asks on a terminal; without one it wants --yes', async () => {
    await publish('movie');
    const all = await names();
    const unasked = await run('rm', at('movie'));
    expect(unasked.exitCode).toBe(2);
    expect(unasked.stderr).toMatch(/--yes/);
    for (const [keys, code] of [
      ['n\n', 0],
      ['\n', 0],
      ['\u0003', 130],
      ['\u0004', 0],
    ] as const) {
      const { exitCode, text } = await onTerminal(['rm', at('movie')], keys);
      expect({ keys, exitCode, text }).toEqual({ keys, exitCode: code, text: expect.stringContaining('objects') });
      // There is no rest: nothing was removed yet.
      expect(text).not.toContain('the rest');
    }
    expect(await names()).toEqual(all);
    expect(await onTerminal(['rm', at('movie')], 'y\n')).toMatchObject({ exitCode: 0 });
    expect(await names()).toEqual([]);
  });

  test('killed in the middle, the same command removes the rest', async () => {
    await publish('movie');
    await publish('movie', 'second');
    await bench.fake.control.clearLog();
    await bench.fake.control.settings({ latencyMs: 150 });
    const running = startMediactl(['rm', at('movie'), '--yes', '--upload-jobs', '1'], {
      cwd: bench.cwd,
      env: bench.env,
    });
    while ((await bench.fake.control.writes()).length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    running.child.kill('SIGKILL');
    await running.done;
    await bench.fake.control.settings({ latencyMs: 0 });
    const rest = await names();
    expect(rest).toContain(`${bench.place}/movie/mediactl.json`);
    expect(rest).not.toContain(`${bench.place}/movie/master.m3u8`);
    expect(JSON.parse((await run('ls', at('movie'), '--json')).stdout)).toMatchObject({
      titles: [{ state: 'incomplete' }],
    });
    expect((await run('rm', at('movie'), '--yes')).exitCode).toBe(0);
    expect(await names()).toEqual([]);
  });

  test.skipIf(NO_TERMINALS)('what somebody publishes or changes meanwhile stays', async () => {
    await publish('movie');
    const segment = (await names()).find((name) => name.endsWith('.ts')) ?? '';
    await api('POST', segment, 'changed long ago');
    const changed = await run('rm', at('movie'), '--dry-run');
    expect(changed.stdout).toMatch(/! 1 object changed since it was published, and stays/);

    const raced = await onTerminal(['rm', at('movie')], 'y\n', () => publish('movie', 'second'));
    expect(raced).toMatchObject({
      exitCode: 10,
      text: expect.stringMatching(/someone else published .*\n.*nothing was/s),
    });
    expect((await run('ls', at('movie'), '--json')).events[0]).toMatchObject({ titles: [{ missing: 0 }] });

    expect((await run('rm', at('movie'), '--yes')).exitCode).toBe(0);
    expect(await names()).toEqual([segment]);
  });

  test('what the bucket would refuse is said before anything is removed', async () => {
    await publish('movie');
    await publish('movie', 'first', 'kept');
    const all = await names();
    const segment = all.find((name) => name.endsWith('.ts')) ?? '';
    await api('PATCH', segment, JSON.stringify({ temporaryHold: true }));
    const held = await run('rm', at('movie'), '--yes', '--json');
    expect(held.events).toMatchObject([{ code: 'storage-hold', hint: expect.stringContaining('--no-temporary-hold') }]);
    expect((await run('rm', at('movie', 'kept'), '--yes', '--json')).events).toMatchObject([
      { code: 'storage-retention' },
    ]);
    await api('PATCH', segment, JSON.stringify({ temporaryHold: false }));
    await bench.fake.control.settings({ auth: 'required' });
    const token = { MEDIACTL_ANONYMOUS: '', MEDIACTL_ACCESS_TOKEN: 'reads-only' };
    const refused = await bench.run(['rm', at('movie'), '--yes', '--json'], { env: token });
    expect(refused.events).toMatchObject([
      { code: 'storage-forbidden', hint: expect.stringContaining('objects.delete') },
    ]);
    expect(await names()).toEqual(all);
  });

  test('in folders: the title, its folder when it is empty then, and not what another run works on', async () => {
    for (const name of ['a b', '-c', 'd#e%f?']) {
      await fs.cp(path.join(bench.root, 'first'), path.join(bench.cwd, name), { recursive: true });
      expect((await run('rm', '--yes', '--', name)).exitCode).toBe(0);
    }
    expect(await fs.readdir(bench.cwd)).toEqual([]);
    await fs.cp(path.join(bench.root, 'first'), path.join(bench.cwd, 'mixed'), { recursive: true });
    await fs.writeFile(path.join(bench.cwd, 'mixed', 'notes.txt'), 'x');
    const dry = await run('rm', 'mixed', '--dry-run');
    expect(dry.stdout).toMatch(/mixed: \d+ files, [\s\S]*1 other file below it[\s\S]*would remove \d+ files, /);
    expect(dry.stdout).not.toContain('object');
    // Nobody to ask, but nothing to ask about, either.
    expect((await run('rm', 'nowhere')).exitCode).toBe(3);
    expect((await run('rm', 'mixed', '-y')).stdout).toMatch(/1 other file below it/);
    expect(await fs.readdir(path.join(bench.cwd, 'mixed'))).toEqual(['notes.txt']);

    await fs.cp(path.join(bench.root, 'first'), path.join(bench.cwd, 'busy'), { recursive: true });
    const staging = await prepareStaging(path.join(bench.cwd, 'busy'));
    const lock = await acquireLock(staging.folder, { command: 'mediactl encode' });
    expect((await run('rm', 'busy', '--yes', '--json')).events).toMatchObject([{ code: 'output-busy', exitCode: 7 }]);
    await lock.release();
    await staging.close();
    expect((await run('ls', 'busy', '--json')).events[0]).toMatchObject({ titles: [{ state: 'complete' }] });
  });
});
