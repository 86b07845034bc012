import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fail, ROOT } from './ready.mjs';

const FOLDER = path.join(ROOT, 'demo');
const CLIP = path.join(FOLDER, 'clip.mp4');

/** How long the clip is. */
export const SECONDS = 12;

/** Makes demo/clip.mp4 unless it is there: a picture that shows the time, and sound in two languages. */
export function makeDemoClip() {
  fs.mkdirSync(FOLDER, { recursive: true });
  if (fs.existsSync(CLIP)) return;
  say(`Making a clip of ${SECONDS} s: demo/clip.mp4`);
  encodeClip();
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`\n${text}\n`);
}

function encodeClip() {
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
