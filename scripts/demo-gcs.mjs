// `npm run demo:gcs`: the whole way of a title into a bucket, against the project's own fake of Google Cloud Storage on
// this machine. No account is needed, and nothing leaves the machine. With `-- --serve` the server stays for a browser.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { makeDemoClip, say, SECONDS } from '../fixtures/demo-clip.mjs';
import { startFakeGcs } from '../test/gcs/start.mjs';
import { build } from './build.mjs';
import { playThrough } from './setup/player.mjs';
import { fail, makeReady, ROOT } from './setup/ready.mjs';

const FOLDER = path.join(ROOT, 'demo/gcs');
const RECEIPT = 'clip.receipt.json';
const PLACE = 'gs://demo/titles/clip';
const ENCODE = [
  'encode',
  '../clip.mp4',
  '--to',
  PLACE,
  '--receipt',
  'clip.receipt.json',
  '--encoder-preset',
  'veryfast',
];

makeReady({ needed: ['ffmpeg', 'ffprobe'] });
if (!build()) fail(['The build failed; see above.']);
makeDemoClip();
// What an earlier demo was doing in a bucket that is no more.
fs.rmSync(FOLDER, { recursive: true, force: true });
fs.mkdirSync(FOLDER, { recursive: true });

const fake = await startFakeGcs({ buckets: [{ name: 'demo', public: true }], settings: { writeLimit: true } });
const access = ['--endpoint', fake.endpoint, '--anonymous'];
const master = `${fake.endpoint}/demo/titles/clip/master.m3u8`;
let shown = false;
const serves = process.argv.includes('--serve');
process.once('SIGINT', () => void fake.stop().then(() => process.exit(shown && serves ? 0 : 130)));

try {
  await show();
  shown = true;
} catch (error) {
  await fake.stop();
  fail([error instanceof Error ? error.message : String(error)]);
}
if (serves) {
  say(`The bucket stays at ${fake.endpoint} until Ctrl-C:\n    ${master}`);
  await mediactlEnds('play', PLACE);
  await fake.stop();
} else {
  await fake.stop();
}

async function show() {
  say(`1. A bucket of its own: a fake of Google Cloud Storage listens at ${fake.endpoint}`);

  say('2. Is the bucket fit for titles? What is missing for players is added.');
  await mediactl('doctor', 'gs://demo/titles', '--fix', '--yes');

  say('3. Encode, and upload meanwhile.');
  await mediactl(...ENCODE);
  const sent = await written();

  say('4. What is in the bucket now');
  await mediactl('ls', 'gs://demo/titles');
  await listHeaders();

  say('5. Fetch it like a player: master playlist, playlists, segments');
  const played = await playThrough(master);
  tell(`${played.playlists.length} playlists and ${played.segments} segments, ${megabytes(played.bytes)}: all there`);

  say('6. The same command again: nothing has changed, so nothing is sent.');
  await mediactl(...ENCODE);
  const again = (await written()) - sent;
  tell(`objects written: ${again}`);
  if (again !== 0) throw new Error('something was sent again');

  say('7. Another quality, while a player goes on fetching the title: old or new, and always whole');
  const polls = await pollDuring(() => mediactl(...ENCODE, '--crf', '30'));
  tell(`fetched whole ${polls.old} times in the old version, then ${polls.fresh} times in the new one; failures: 0`);

  say('8. The receipt: every object with what the bucket has confirmed');
  const objects = showReceipt();
  await mediactl('upload', '--check', RECEIPT);

  say('9. Somebody lets caches keep the master playlist for a year: the receipt tells, and mends it.');
  await spoilHeaders();
  const told = await mediactlEnds('upload', '--check', RECEIPT);
  if (told !== 8) throw new Error(`mediactl upload --check ended with ${told}, though the bucket is not as it was`);
  await mediactl('upload', '--check', RECEIPT, '--repair');

  say(`Done. A ${SECONDS} s clip went to a bucket as ${objects} objects, each confirmed by size and CRC-32C; it played from
there before, while and after it was replaced. With a bucket of yours, signed in by gcloud:
    mediactl doctor gs://BUCKET/titles
    mediactl encode movie.mp4 --to gs://BUCKET/titles/movie${serves ? '' : '\nWatch this one in a browser: npm run demo:gcs -- --serve'}`);
}

/**
 * Runs the real program in demo/gcs, to be seen. Throws when it fails.
 * @param {readonly string[]} args
 */
async function mediactl(...args) {
  const ended = await mediactlEnds(...args);
  if (ended !== 0) throw new Error(`mediactl ${args[0]} ended with ${ended}`);
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number | string>} exit code, or the signal that ended it
 */
async function mediactlEnds(...args) {
  process.stdout.write(`\n$ mediactl ${args.join(' ')} ${access.join(' ')}\n`);
  const child = spawn(process.execPath, [path.join(ROOT, 'bin/mediactl.js'), ...args, ...access], {
    cwd: FOLDER,
    stdio: 'inherit',
  });
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

/** Changes an object behind mediactl's back. */
async function spoilHeaders() {
  const object = `${fake.endpoint}/storage/v1/b/demo/o/${encodeURIComponent('titles/clip/master.m3u8')}`;
  const body = JSON.stringify({ cacheControl: 'public, max-age=31536000' });
  for (;;) {
    const { ok, status } = await fetch(object, { method: 'PATCH', body });
    if (ok) return;
    if (status !== 429) throw new Error(`the headers could not be changed: ${status}`);
    // One change a second to one object.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** How many objects were written since the server started. */
async function written() {
  return (await fake.control.writes({ bucket: 'demo' })).length;
}

/** One object of each kind, as it is served. */
async function listHeaders() {
  const objects = await fake.control.objects('demo');
  const names = objects.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const kinds = ['master.m3u8', 'index.m3u8', 'iframes.m3u8', '.ts', 'mediactl.json'];
  tell(`${names.length} objects; one of each kind, with its headers as they are served:`);
  for (const kind of kinds) {
    const name = names.find((candidate) => candidate.endsWith(kind));
    if (name === undefined) continue;
    const address = ['demo', ...name.split('/')].map(encodeURIComponent).join('/');
    const { headers } = await fetch(`${fake.endpoint}/${address}`, { method: 'HEAD' });
    tell(
      `  ${name.slice('titles/clip/'.length).padEnd(32)} ${String(headers.get('content-type')).padEnd(30)} ${headers.get('cache-control')}`,
    );
  }
}

/**
 * Fetches the whole title again and again until the work is done, and a little longer. Throws when it is not whole, or when
 * the old version comes back after the new one.
 * @param {() => Promise<void>} work
 */
async function pollDuring(work) {
  const before = (await playThrough(master)).master;
  let [old, fresh, done] = [0, 0, false];
  const working = work().finally(() => (done = true));
  // Told when it is awaited.
  working.catch(() => {});
  // A few times more when the new one is there.
  for (let rest = 3; rest > 0;) {
    if (done) rest--;
    const isOld = (await playThrough(master)).master === before;
    if (isOld && fresh > 0) throw new Error('the old version came back');
    if (isOld) old++;
    else fresh++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await working;
  if (fresh === 0) throw new Error('the new version never came');
  return { old, fresh };
}

/** @returns {number} how many objects it lists */
function showReceipt() {
  const file = path.join(FOLDER, RECEIPT);
  const { objects } = JSON.parse(fs.readFileSync(file, 'utf8'));
  tell(`demo/gcs/${RECEIPT} lists ${objects.length} objects, the last of them:`);
  tell(JSON.stringify(objects.at(-1), null, 2));
  return objects.length;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {string} text */
function tell(text) {
  process.stdout.write(`${text}\n`);
}
