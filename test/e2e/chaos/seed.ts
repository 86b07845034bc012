import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRY_NAMES, MASTER_NAME } from '../../../src/model/title-files.js';
import { seededRandom } from '../../gcs/random.js';
import type { FakeGcs } from '../../gcs/start.mjs';
import { startMediactl, type Ran } from '../run.js';
import { checkBucket } from './check-bucket.js';
import { faultsFor } from './faults.js';
import { startPlayer, type Expected, type PlayerCounts } from './player.js';
import type { Title } from './titles.js';
import { objectsOf, putForeign } from './world.js';

export interface Chaos {
  readonly fake: FakeGcs;
  readonly titles: readonly Title[];
  /** For working directories. */
  readonly root: string;
}

export interface SeedCounts extends PlayerCounts {
  publications: number;
  runs: number;
  kills: number;
  /** Runs that ended with an error and were given again. */
  errors: number;
  faults: Record<string, number>;
}

export interface SeedResult {
  readonly seed: number;
  readonly counts: SeedCounts;
  /** Each is something that must never be. */
  readonly problems: readonly string[];
}

const PREFIX = 'titles/a title #1';
const FOREIGN = [`${PREFIX}/notes.txt`, `${PREFIX}/60p-00000000/00000.ts`, `${PREFIX} 2/master.m3u8`];
const HURRY = fileURLToPath(new URL('hurry.mjs', import.meta.url));
/** Of one publication; by then the faults would have to hit everything. */
const MOST_RUNS = 12;
/** What a run may end with when the other side fails all the time, or still works on what a killed run has asked for. */
const PASSING = new Set(['storage-unavailable', 'storage-conflict', 'storage-checksum']);

/**
 * One bucket in which titles replace each other under random faults and kills, while a player plays. Every fourth seed
 * encodes into the bucket, the others upload what was encoded before.
 */
export async function runSeed(seed: number, { fake, titles, root }: Chaos): Promise<SeedResult> {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const bucket = `chaos-${seed}`;
  const { control, endpoint } = fake;
  const encodes = seed % 4 === 0;
  const problems: string[] = [];
  const count = { publications: 0, runs: 0, kills: 0, errors: 0, faults: {} };
  await control.createBucket({ name: bucket, public: true, softDeletePolicy: { retentionDurationSeconds: '0' } });
  for (const name of FOREIGN) await putForeign(endpoint, bucket, name);
  const before = new Map((await objectsOf(control, bucket)).map(({ name, generation }) => [name, generation]));
  const cwd = await fs.mkdtemp(path.join(root, `seed-${seed}-`));

  const small = titles.filter(({ name }) => name !== 'large');
  const seen = new Seen(encodes ? null : titles);
  const address = `${endpoint}/${bucket}/${PREFIX.split('/').map(encodeURIComponent).join('/')}`;
  const player = startPlayer(address, {
    expected: seen.expected,
    async switchesSince(ms) {
      const writes = await control.writes({ bucket, object: `${PREFIX}/${MASTER_NAME}` });
      return writes.filter(({ time }) => time >= ms).length;
    },
  });
  for (const rule of faultsFor(bucket, seed)) await control.addFault(rule);

  /** Gives the title that is there in the end: after a kill, another may be wanted instead. */
  const publish = async (wanted: Title): Promise<Title> => {
    let title = wanted;
    const args = (): string[] =>
      encodes
        ? ['encode', title.source, ...title.flags, '--to', `gs://${bucket}/${PREFIX}`, '--replace', '--json']
        : ['upload', title.folder, `gs://${bucket}/${PREFIX}`, '--replace', '--json'];
    let kills = Math.floor(random() * 3);
    let told = '';
    for (let run = 0; run < MOST_RUNS; run++) {
      count.runs++;
      const env = {
        MEDIACTL_ENDPOINT: endpoint,
        MEDIACTL_ANONYMOUS: 'true',
        MEDIACTL_UPLOAD_JOBS: String(pick([1, 4, 32])),
        NODE_OPTIONS: `--import ${HURRY}`,
        XDG_STATE_HOME: path.join(cwd, 'state'),
      };
      const running = startMediactl(args(), { cwd, env, encodes: 800 });
      // Most of the time goes by before the first request, and waiting for the second between two attempts.
      const phase = pick(encodes ? [/"encode"/, /"encode"/, /"publish"/] : [/"publish"/]);
      const delay = random() ** 2 * 2500;
      if (kills > 0) {
        kills--;
        await running.waitFor(phase).catch(() => undefined);
        await Promise.race([running.done, new Promise((resolve) => setTimeout(resolve, delay))]);
        running.child.kill('SIGKILL');
      }
      const ran = await running.done.catch((error: unknown) => String(error).slice(0, 2000));
      if (typeof ran === 'string') {
        problems.push(ran);
        return title;
      }
      if (ran.signal === 'SIGKILL') {
        count.kills++;
        if (random() < 0.2) {
          // What an encode has brought that was given up for what is there goes with the next publication only.
          title = pick(encodes ? small.filter((each) => each !== last) : small);
          seen.gaveUp = true;
        }
      } else if (ran.exitCode === 0) {
        seen.finished(ran, problems);
        return title;
      } else {
        count.errors++;
        told = JSON.stringify(ran.events.at(-1));
        if (!PASSING.has(String(ran.events.at(-1)?.['code']))) problems.push(`${title.name}: ${told} ${ran.stderr}`);
      }
    }
    problems.push(`${title.name}: not done after ${MOST_RUNS} runs: ${told}`);
    return title;
  };

  let last: Title | null = null;
  for (let i = 0; i < 3; i++) {
    const title = await publish(pick((encodes ? small : titles).filter((each) => each !== last)));
    last = title;
    count.publications++;
    // What is there then says nothing more.
    if (problems.length > 0) break;
    const wrong = await checkBucket(fake, { bucket, prefix: PREFIX, title: encodes ? null : title, foreign: before });
    problems.push(...wrong.map((each) => `after ${title.name}: ${each}`));
  }
  await player.stop();
  problems.push(...player.problems, ...seen.problems());
  count.faults = await firedIn(fake, bucket);
  await control.deleteBucket(bucket);
  await fs.rm(cwd, { recursive: true, force: true });
  return { seed, counts: { ...count, ...player.counts }, problems: problems.map((each) => `seed ${seed}: ${each}`) };
}

/** Takes this bucket's rules away. */
async function firedIn({ control }: FakeGcs, bucket: string): Promise<Record<string, number>> {
  const faults: Record<string, number> = {};
  for (const { id, rule, fired } of await control.faultRules()) {
    if (rule.match?.bucket !== bucket) continue;
    const { fault } = rule;
    const name = [fault.type, 'status' in fault ? fault.status : '', 'when' in fault ? fault.when : '']
      .join(' ')
      .trim();
    faults[name] = (faults[name] ?? 0) + fired;
    await control.removeFault(id);
  }
  return faults;
}

/** What each name was, when it was seen first; and for titles that are known beforehand, what it must be. */
class Seen {
  readonly #titles: readonly Title[] | null;
  readonly #crc32c = new Map<string, string>();
  readonly #entries = new Set<string>();
  readonly #finished = new Set<string>();

  /** A title was given up, which may have been live by then. */
  gaveUp = false;

  constructor(titles: readonly Title[] | null) {
    this.#titles = titles;
  }

  readonly expected: Expected = (name, crc32c, entry) => {
    if (name === entry.name) this.#entries.add(`${name} ${crc32c}`);
    else if ((this.#crc32c.get(name) ?? crc32c) !== crc32c) return 'had other bytes before';
    else this.#crc32c.set(name, crc32c);
    if (!this.#titles) return null;
    const title = this.#titles.find(({ files }) => files.get(entry.name)?.crc32c === entry.crc32c);
    if (!title) return 'is of no title';
    return title.files.get(name)?.crc32c === crc32c ? null : `is not that of ${title.name}`;
  };

  /** The last event of a run lists all objects. */
  finished({ events }: Ran, problems: string[]): void {
    for (const { path: name, crc32c } of events.at(-1)?.['objects'] ?? []) {
      if (isEntry(name)) this.#finished.add(`${name} ${crc32c}`);
      else if (name !== 'mediactl.json' && this.#crc32c.has(name) && this.#crc32c.get(name) !== crc32c) {
        problems.push(`${name} was played with other bytes than the run confirmed`);
      }
    }
  }

  problems(): string[] {
    if (this.gaveUp) return [];
    return [...this.#entries]
      .filter((entry) => !this.#finished.has(entry))
      .map((entry) => `played what no run has finished: ${entry}`);
  }
}

function isEntry(name: string): boolean {
  return ENTRY_NAMES.some((each) => each === name);
}
