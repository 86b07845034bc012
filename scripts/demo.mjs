// `npm run demo`: makes a fresh clone ready, makes a clip, encodes it, checks the title, says how to play it.
// With `-- --play` it also serves a page that plays it. Node built-ins only.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { fail, makeReady, ROOT } from './setup/ready.mjs';
import { playPage } from './setup/play-page.mjs';

const FOLDER = path.join(ROOT, 'demo');
const CLIP = path.join(FOLDER, 'clip.mp4');
const TITLE = path.join(FOLDER, 'title');
const SECONDS = 12;

makeReady({ needed: ['ffmpeg', 'ffprobe'] });
if (!build()) fail(['The build failed; see above.']);

fs.mkdirSync(FOLDER, { recursive: true });
if (!fs.existsSync(CLIP)) {
  say(`Making a clip of ${SECONDS} s: demo/clip.mp4`);
  makeClip();
}

say('mediactl encode demo/clip.mp4 --ladder vod -o demo/title');
const encode = spawnSync(
  process.execPath,
  [path.join(ROOT, 'bin/mediactl.js'), 'encode', 'demo/clip.mp4', '--ladder', 'vod', '-o', 'demo/title'],
  { cwd: ROOT, stdio: 'inherit' },
);
if (encode.status !== 0) fail([`mediactl ended with ${encode.signal ?? `exit code ${encode.status}`}`]);

const problems = problemsOfTitle(TITLE);
if (problems.length > 0) fail(['The title is not right:', ...problems]);

say(`The title plays from start to end in FFmpeg's own player too. Watch it:
    ffplay demo/title/master.m3u8        or VLC, or Safari on a Mac: open demo/title/master.m3u8
    npm run demo -- --play               serves a page with hls.js for any browser`);
if (process.argv.includes('--play')) playPage({ root: ROOT, title: TITLE });

function makeClip() {
  const picture = `testsrc2=size=1280x720:rate=30000/1001:duration=${SECONDS}`;
  const timecode =
    ",drawtext=fontsize=72:fontcolor=white:box=1:boxborderw=16:boxcolor=black@0.6:x=(w-tw)/2:y=h-th-60:rate=30000/1001:timecode='00\\:00\\:00\\:00'";
  const part = path.join(FOLDER, `.clip-${process.pid}.mp4`);
  // drawtext needs a FreeType build and a font; the clip does without where they are missing.
  const made = [picture + timecode, picture].some((graph) => {
    const { status } = spawnSync(
      'ffmpeg',
      [
        ...['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', graph],
        // A beep at each second, and a rising tone: two languages that can be told apart.
        ...['-f', 'lavfi', '-i', `sine=frequency=330:beep_factor=3:sample_rate=48000:duration=${SECONDS}`],
        ...['-f', 'lavfi', '-i', `aevalsrc=exprs=0.1*sin(2*PI*(220+20*t)*t):s=48000:d=${SECONDS}`],
        ...['-map', '0:v', '-map', '1:a', '-map', '2:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20'],
        ...['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ac', '2', '-b:a', '128k'],
        ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fra', '-disposition:a:0', 'default', part],
      ],
      { stdio: ['ignore', 'inherit', graph === picture ? 'inherit' : 'ignore'] },
    );
    return status === 0;
  });
  if (!made) fail(['FFmpeg could not make the clip; libx264 and aac are needed.']);
  fs.renameSync(part, CLIP);
}

/**
 * What is wrong with the title, by other means than mediactl's own: every file that a playlist names is there,
 * and FFmpeg plays each rendition without a word for as long as the clip is.
 * @param {string} folder
 * @returns {string[]}
 */
function problemsOfTitle(folder) {
  const found = [];
  const playlists = namesIn(path.join(folder, 'master.m3u8')).filter((name) => name.endsWith('.m3u8'));
  if (playlists.length < 2) found.push(`master.m3u8 names ${playlists.length} playlists`);
  for (const playlist of playlists) {
    const file = path.join(folder, playlist);
    if (!fs.existsSync(file)) {
      found.push(`${playlist} is missing`);
      continue;
    }
    for (const name of namesIn(file)) {
      if (!fs.existsSync(path.join(path.dirname(file), name)))
        found.push(`${playlist} names ${name}, which is missing`);
    }
    if (playlist.endsWith('iframes.m3u8')) continue;
    const { stdout, stderr } = spawnSync(
      'ffmpeg',
      ['-nostdin', '-v', 'error', '-i', file, '-progress', '-', '-f', 'null', '-'],
      { encoding: 'utf8' },
    );
    const seconds = Number([...stdout.matchAll(/out_time_us=(\d+)/g)].pop()?.[1] ?? 0) / 1e6;
    if (stderr.trim()) found.push(`${playlist}: ${stderr.trim()}`);
    if (Math.abs(seconds - SECONDS) > 0.1) found.push(`${playlist} plays for ${seconds} s`);
  }
  return found;
}

/** @param {string} playlist URIs on lines of their own and in URI attributes */
function namesIn(playlist) {
  const text = fs.readFileSync(playlist, 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const attributes = [...text.matchAll(/URI="([^"]+)"/g)].map((match) => match[1] ?? '');
  return [...new Set([...lines, ...attributes])].map(decodeURIComponent);
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`\n${text}\n`);
}
