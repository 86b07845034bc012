// `npm run demo`: makes a fresh clone ready, makes a clip, encodes it, checks the title, says how to play it.
// With `-- --play` it also plays it in a browser. Node built-ins only.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { makeDemoClip, say, SECONDS } from '../fixtures/demo-clip.mjs';
import { build } from './build.mjs';
import { urisIn } from './setup/player.mjs';
import { fail, makeReady, ROOT } from './setup/ready.mjs';

const TITLE = path.join(ROOT, 'demo/title');

makeReady({ needed: ['ffmpeg', 'ffprobe'] });
if (!build()) fail(['The build failed; see above.']);

makeDemoClip();

const ENCODE = ['encode', 'demo/clip.mp4', '--ladder', 'vod', '--format', 'hls,cmaf', '-o', 'demo/title'];

say(`mediactl ${ENCODE.join(' ')}`);
const encode = spawnSync(
  process.execPath,
  [path.join(ROOT, 'bin/mediactl.js'), ...ENCODE],
  // Its stdout, in a log, would be the playlist's path once more.
  { cwd: ROOT, stdio: ['inherit', 'ignore', 'inherit'] },
);
if (encode.status !== 0) fail([`mediactl ended with ${encode.signal ?? `exit code ${encode.status}`}`]);

const problems = ['master.m3u8', 'cmaf.m3u8'].flatMap((name) => problemsOf(TITLE, name));
if (!fs.existsSync(path.join(TITLE, 'manifest.mpd'))) problems.push('there is no manifest.mpd');
if (problems.length > 0) fail(['The title is not right:', ...problems]);

say(
  [
    'Both forms of the title, MPEG-TS and CMAF, play from start to end in FFmpeg, too. In demo/title, ffplay, VLC and Safari',
    'open master.m3u8 (MPEG-TS) and cmaf.m3u8; DASH players open manifest.mpd.',
  ].join('\n'),
);
if (process.argv.includes('--play')) {
  const play = [path.join(ROOT, 'bin/mediactl.js'), 'play', 'demo/title'];
  const { status } = spawnSync(process.execPath, play, { cwd: ROOT, stdio: 'inherit' });
  // Ctrl-C is how one ends it.
  process.exitCode = status === 130 ? 0 : (status ?? 1);
} else {
  say('Watch it:\n    node bin/mediactl.js play demo/title        or at once: npm run demo -- --play');
}

/**
 * What is wrong with one form of the title, by other means than mediactl's own: every file that a playlist names is there,
 * and FFmpeg plays each rendition without a word for as long as the clip is.
 * @param {string} folder
 * @param {string} master
 * @returns {string[]}
 */
function problemsOf(folder, master) {
  const found = [];
  const playlists = namesIn(path.join(folder, master)).filter((name) => name.endsWith('.m3u8'));
  if (playlists.length < 2) found.push(`${master} names ${playlists.length} playlists`);
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

/** @param {string} playlist */
function namesIn(playlist) {
  return urisIn(fs.readFileSync(playlist, 'utf8')).map(decodeURIComponent);
}
