import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stageTitle } from '../../../fixtures/numbered-title.js';

const DIST = new URL('../../../dist', import.meta.url).href;
let folder: string;
const children = new Set<ChildProcess>();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-kill-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await rm(folder, { recursive: true, force: true });
});

// Publishes the staged title described in a file, after saying "go".
const PUBLISHER = `
  import { readFileSync } from 'node:fs';
  const { publish } = await import(process.env.DIST + '/stages/publish/publish.js');
  const { LocalStorage } = await import(process.env.DIST + '/storage/local.js');
  const [root, described] = process.argv.slice(2);
  const { artifacts, record } = JSON.parse(readFileSync(described, 'utf8'));
  let previous = null;
  try { previous = JSON.parse(readFileSync(root + '/mediactl.json', 'utf8')); } catch {}
  process.stdout.write('go');
  const segments = async function* () {};
  await publish({ files: artifacts, segments }, new LocalStorage(root), { previous, record });`;

// Plays: master → playlists → segments, over and over. What is missing must be explained by a newer master.
const PLAYER = `
  import { readFileSync, appendFileSync, existsSync } from 'node:fs';
  const [root, log, stop] = process.argv.slice(2);
  const read = (path) => { try { return readFileSync(root + '/' + path, 'utf8'); } catch { return null; } };
  let plays = 0, seen = false, newest = 0;
  while (!existsSync(stop)) {
    await new Promise((done) => setImmediate(done));
    const master = read('master.m3u8');
    if (master === null) { if (seen) appendFileSync(log, 'no master\\n'); continue; }
    seen = true;
    const [head, ...playlists] = master.split('\\n');
    const version = Number(head.replace(/\\D+/g, ''));
    if (!/^# version \\d+$/.test(head) || playlists.length !== 3) appendFileSync(log, 'half a master\\n');
    if (version < newest) appendFileSync(log, 'an older master\\n');
    newest = version;
    const problem = (() => {
      for (const playlist of playlists) {
        const text = read(playlist);
        if (text === null) return playlist + ' is missing';
        const [first, ...names] = text.split('\\n');
        if (first !== '# version ' + version || names.length !== 20) return playlist + ' is of another version';
        for (const name of names) {
          const segment = read(playlist.replace('index.m3u8', name));
          if (segment === null) return name + ' is missing';
          if (!segment.startsWith('version ' + version + ' ')) return name + ' is of another version';
        }
      }
    })();
    if (problem === undefined) plays++;
    else if (problem.endsWith('version') || read('master.m3u8') === master) appendFileSync(log, problem + '\\n');
  }
  appendFileSync(log, 'plays ' + plays + '\\n');`;

function start(script: string, ...argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-', ...argv], {
    env: { ...process.env, DIST },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.end(script);
  children.add(child);
  return child;
}

test('a player sees whole titles only, while they are replaced and publishers are killed', async () => {
  const root = join(folder, 'title');
  const log = join(folder, 'log');
  const stop = join(folder, 'stop');
  await mkdir(root);
  await writeFile(join(root, 'notes.txt'), 'mine');
  const player = start(PLAYER, root, log, stop);
  const played = once(player, 'exit');

  const publishOnce = async (version: number, stage: boolean, killAfterMs: number | null): Promise<boolean> => {
    const title = stageTitle(join(folder, `staging-${version}`), version, { segments: 20, write: stage });
    const described = join(folder, `staging-${version}`, 'described.json');
    await writeFile(described, JSON.stringify(title));
    const publisher = start(PUBLISHER, root, described);
    const ended = once(publisher, 'exit');
    if (killAfterMs !== null) {
      await Promise.race([once(publisher.stdout!, 'data'), ended]);
      await sleep(killAfterMs);
      publisher.kill('SIGKILL');
    }
    const [code] = await ended;
    return code === 0;
  };

  let killed = 0;
  let version = 1;
  for (; killed < 20 || version < 12; version++) {
    // Some are finished after up to three kills, some given up for the next version.
    let stage = true;
    for (let attempt = 0; attempt < 3; attempt++) {
      const done = await publishOnce(version, stage, Math.random() * 60);
      stage = false;
      if (done) break;
      killed++;
      if (Math.random() < 0.3) break;
    }
  }
  expect(await publishOnce(version, true, null)).toBe(true);
  await sleep(100);
  await writeFile(stop, '');
  await played;

  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('plays'))).toEqual([]);
  expect(Number(lines.at(-1)?.replace('plays ', ''))).toBeGreaterThan(20);
  const { record } = stageTitle(folder, version, { segments: 20, write: false });
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const wanted = [...record.files.map(({ path }) => path), 'mediactl.json', 'notes.txt'];
  expect(paths.toSorted()).toEqual(wanted.map((path) => join(root, path)).toSorted());
});
