/** What an upload costs against what people use today, and what `--to` adds to an encode. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startFakeGcs } from '../test/gcs/start.mjs';
import { measure, median } from './measure.mjs';

/**
 * @typedef {import('./measure.mjs').Sample} Sample
 * @typedef {import('./measure.mjs').Row} Row
 * @typedef {import('../test/gcs/start.mjs').FakeGcs} FakeGcs
 * @typedef {{ clip: string, folder: string, mediactl: string, rounds: number, objects: number, gib: number, log: (text: string) => void }} Bench
 */

const LIBRARY = fileURLToPath(new URL('gcs-library.mjs', import.meta.url));
const BYTES = 200_000;
const LATENCY_MS = 30;
const BUCKET = 'bench';

/**
 * @param {Bench} bench
 * @returns {Promise<Row[]>}
 */
export async function gcsFigures(bench) {
  const fake = await startFakeGcs({
    nativeChecksums: true,
    md5Limit: 0,
    keepLimit: 1024 * 1024,
    settings: { latencyMs: LATENCY_MS },
  });
  try {
    const rows = [...(await uploadFigures(bench, fake)), ...(await largeFigures(bench, fake))];
    return [...rows, ...(await encodeFigures(bench, fake))];
  } finally {
    await fake.stop();
  }
}

/**
 * @param {Bench} bench
 * @param {FakeGcs} fake
 * @returns {Promise<Row[]>}
 */
async function uploadFigures({ folder, mediactl, rounds, objects, log }, fake) {
  const { few, many } = makeTrees(folder, objects);
  const { endpoint, control } = fake;
  const upload = [mediactl, 'upload', '--endpoint', endpoint, '--anonymous', '--quiet'];
  const to = `gs://${BUCKET}/title`;
  /** @type {Readonly<Record<string, readonly [string, readonly string[]]>>} */
  const commands = {
    mediactl: [process.execPath, [...upload, few, to]],
    TransferManager: [process.execPath, [LIBRARY, 'transfer-manager', endpoint, BUCKET, few]],
    'p-limit': [process.execPath, [LIBRARY, 'p-limit', endpoint, BUCKET, few]],
    ...(hasRclone()
      ? { rclone: ['env', ['RCLONE_CONFIG=/dev/null', 'rclone', 'copy', few, ...rcloneTo(endpoint)]] }
      : {}),
  };
  if (!commands['rclone']) log('rclone is not installed: left out (Debian: apt-get install rclone)');

  /** @type {Map<string, (Sample & { server: number })[]>} */
  const samples = new Map(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, [program, args]] of Object.entries(commands)) {
      const sample = await measured(fake, program, args, objects);
      samples.get(name)?.push(sample);
      log(
        `${name}: ${(objects / sample.wall).toFixed(0)} objects/s, ${(sample.cpu * 1000).toFixed(0)} ms CPU` +
          ` (server ${(sample.server * 1000).toFixed(0)} ms), ${Math.round(sample.peakBytes / 2 ** 20)} MiB`,
      );
    }
  }
  // The last round left the objects of another there.
  await fresh(control);
  await measure(process.execPath, [...upload, few, to]);
  await control.clearLog();
  const again = await measure(process.execPath, [...upload, few, to]);
  const { byKind, writes } = await control.counts();
  const large = await measured(fake, process.execPath, [...upload, many, to], objects * 5);

  /** @param {string} other @param {'cpu' | 'wall'} figure */
  const ratios = (other, figure) =>
    (samples.get('mediactl') ?? []).map((ours, i) => ours[figure] / (samples.get(other)?.[i]?.[figure] ?? NaN));
  /** @param {string} other */
  const faster = (other) => median(ratios(other, 'wall').map((ratio) => 1 / ratio)).toFixed(2);
  /** @param {string} name */
  const rate = (name) => (objects / median((samples.get(name) ?? []).map(({ wall }) => wall))).toFixed(0);
  /** @param {string} name @param {'cpu' | 'server'} figure */
  const per1000 = (name, figure) =>
    ((median((samples.get(name) ?? []).map((sample) => sample[figure])) / objects) * 1000).toFixed(2);
  const peak = median((samples.get('mediactl') ?? []).map(({ peakBytes }) => peakBytes)) / 2 ** 20;
  const what = `${objects} × ${BYTES / 1000} KB at ${LATENCY_MS} ms`;
  return [
    ...['TransferManager', 'rclone']
      .filter((name) => name in commands)
      .map((name) => ({
        what: `objects/s ÷ ${name}, ${what}`,
        value: faster(name),
        wanted: '≥ 1.5',
        note: `${rate('mediactl')} against ${rate(name)} objects/s`,
      })),
    {
      what: `CPU ÷ p-limit over bucket.upload, ${what}`,
      value: median(ratios('p-limit', 'cpu')).toFixed(2),
      wanted: '≤ 0.75',
      note: `${per1000('mediactl', 'cpu')} against ${per1000('p-limit', 'cpu')} s per 1000; the server: ${per1000('mediactl', 'server')} s`,
    },
    { what: `peak memory, ${objects} objects`, value: `${Math.round(peak)} MiB`, wanted: '≤ 200 MiB' },
    {
      what: `peak memory, ${objects * 5} objects`,
      value: `${Math.round(large.peakBytes / 2 ** 20)} MiB`,
      wanted: 'the same',
      note: `${((objects * 5) / large.wall).toFixed(0)} objects/s`,
    },
    {
      what: `a re-run of ${objects} objects with nothing changed`,
      value: `${again.wall.toFixed(2)} s`,
      wanted: '< 2 s',
      note: `${writes} written; requests: ${JSON.stringify(byKind)}`,
    },
  ];
}

/**
 * One sparse file of many GiB.
 * @param {Bench} bench
 * @param {FakeGcs} fake
 * @returns {Promise<Row[]>}
 */
async function largeFigures({ folder, mediactl, gib, log }, fake) {
  const tree = join(folder, 'large');
  mkdirSync(tree);
  writeFileSync(join(tree, 'large.mp4'), '');
  truncateSync(join(tree, 'large.mp4'), gib * 2 ** 30);
  const args = ['upload', tree, `gs://${BUCKET}/large`, '--endpoint', fake.endpoint, '--anonymous', '--quiet'];
  const { wall, cpu, peakBytes } = await measured(fake, process.execPath, [mediactl, ...args], 1);
  log(`${gib} GiB in ${wall.toFixed(1)} s`);
  return [
    {
      what: `peak memory, one sparse file of ${gib} GiB`,
      value: `${Math.round(peakBytes / 2 ** 20)} MiB`,
      wanted: '≤ 200 MiB',
      note: `${((gib * 1024) / wall).toFixed(0)} MiB/s, ${((cpu / gib) * 1000).toFixed(0)} ms CPU per GiB`,
    },
  ];
}

/**
 * @param {Bench} bench
 * @param {FakeGcs} fake
 * @returns {Promise<Row[]>}
 */
async function encodeFigures({ clip, folder, mediactl, rounds, log }, { endpoint, control }) {
  const encode = [mediactl, 'encode', clip, '--ladder', 'vod', '--encoder-preset', 'veryfast'];
  const local = join(folder, 'local');
  /** @type {number[]} */
  const ratios = [];
  /** @type {number[]} */
  const delays = [];
  let segments = 0;
  for (let round = 0; round < rounds; round += 1) {
    rmSync(local, { recursive: true, force: true });
    const { wall } = await measure(process.execPath, [...encode, '-o', local, '--quiet']);
    await fresh(control);
    const to = ['--to', `gs://${BUCKET}/title`, '--endpoint', endpoint, '--anonymous', '--json'];
    const began = performance.now();
    const last = await lastSegment([...encode, ...to], folder);
    const both = (performance.now() - began) / 1000;
    const [live] = await control.writes({ bucket: BUCKET, object: 'title/master.m3u8' });
    segments = last.segments;
    ratios.push(both / wall);
    delays.push(((live?.time ?? NaN) - last.time) / 1000);
    log(
      `encode -o: ${wall.toFixed(1)} s, --to: ${both.toFixed(1)} s, live ${delays.at(-1)?.toFixed(2)} s after the last segment`,
    );
  }
  return [
    {
      what: `encode --to ÷ encode -o, wall, at ${LATENCY_MS} ms`,
      value: median(ratios).toFixed(3),
      wanted: '≤ 1.03',
      note: `${segments} segments`,
    },
    { what: 'last segment closed → the title is live', value: `${median(delays).toFixed(2)} s`, wanted: '≤ 1 s' },
  ];
}

/**
 * When the last segment was closed (milliseconds since 1970), and how many there were.
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ time: number, segments: number }>}
 */
async function lastSegment(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  let time = NaN;
  let segments = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.type !== 'segment') continue;
    time = Date.parse(event.time);
    segments += 1;
  }
  const code = await ended;
  if (code !== 0) throw new Error(`${args.slice(1, 3).join(' ')} … ended with ${code}`);
  return { time, segments };
}

/**
 * Into an empty bucket, with the seconds of CPU that the server takes. Throws when not all objects are there.
 * @param {FakeGcs} fake
 * @param {string} program
 * @param {readonly string[]} args
 * @param {number} objects
 */
async function measured({ control }, program, args, objects) {
  await fresh(control);
  const before = await control.usage();
  const sample = await measure(program, args);
  const after = await control.usage();
  const there = (await control.counts()).writes;
  if (there !== objects) throw new Error(`${there} of ${objects} objects are there`);
  return { ...sample, server: (after.cpuMs - before.cpuMs) / 1000 };
}

/** @param {FakeGcs['control']} control */
async function fresh(control) {
  await control.deleteBucket(BUCKET);
  await control.createBucket({ name: BUCKET, public: true, softDeletePolicy: { retentionDurationSeconds: '0' } });
  await control.clearLog();
}

/**
 * Files of random bytes, and five names for each of them.
 * @param {string} folder
 * @param {number} objects
 */
function makeTrees(folder, objects) {
  const [few, many] = [join(folder, 'few'), join(folder, 'many')];
  for (const tree of [few, many]) mkdirSync(tree);
  for (let i = 0; i < objects; i += 1) {
    const name = `${String(i).padStart(5, '0')}.ts`;
    writeFileSync(join(few, name), randomBytes(BYTES));
    for (let copy = 0; copy < 5; copy += 1) linkSync(join(few, name), join(many, `${copy}-${name}`));
  }
  return { few, many };
}

function hasRclone() {
  return spawnSync('rclone', ['version']).status === 0;
}

/** @param {string} endpoint */
function rcloneTo(endpoint) {
  return [`:gcs:${BUCKET}/title`, '--gcs-endpoint', `${endpoint}/storage/v1/`, '--gcs-anonymous', '--transfers', '32'];
}
