import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { decryptSamples } from '../../../src/tools/cenc/decrypt.js';
import { readFragments } from '../../../src/tools/mp4/fragments.js';
import { packagerProgram } from '../../../src/tools/packager/find.js';

/** Three programs that take encryption off: each gives a checksum for each sample of a rendition. */

const run = promisify(execFile);

export interface Rendition {
  readonly init: Buffer;
  readonly segments: readonly Buffer[];
}

export async function readRendition(folder: string): Promise<Rendition> {
  const names = (await fs.readdir(folder)).filter((name) => name.endsWith('.m4s')).sort();
  const segments = await Promise.all(names.map((name) => fs.readFile(path.join(folder, name))));
  return { init: await fs.readFile(path.join(folder, 'init.mp4')), segments };
}

export function clearSums({ segments }: Rendition): string[] {
  return segments.flatMap(samplesOf).map(md5);
}

export function nodeSums({ init, segments }: Rendition, key: string): string[] {
  return segments.flatMap((bytes) => [...decryptSamples(bytes, init, Buffer.from(key, 'hex'))]).map(md5);
}

/** By a pipe: FFmpeg 5.1 loses count of the samples in a file of several fragments that it can seek in. */
export async function ffmpegSums({ init, segments }: Rendition, key: string): Promise<string[]> {
  const args = ['-nostdin', '-v', 'error', '-decryption_key', key, '-i', 'pipe:0', '-c', 'copy', '-f', 'framehash'];
  const child = spawn('ffmpeg', [...args, '-hash', 'md5', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  child.stdin.end(Buffer.concat([init, ...segments]));
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8') as AsyncIterable<string>) text += piece;
  return text.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',')[5]?.trim() ?? ''] : []));
}

export async function packagerSums(
  { init, segments }: Rendition,
  { kid, key }: { kid: string; key: string },
  folder: string,
): Promise<string[]> {
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, 'in.mp4'), Buffer.concat([init, ...segments]));
  const stream = 'in=in.mp4,stream=0,init_segment=init.mp4,segment_template=out-$Number$.m4s';
  const keys = ['--enable_raw_key_decryption', '--keys', `label=:key_id=${kid}:key=${key}`];
  await run(packagerProgram({}), ['--quiet', stream, '--segment_duration', '1000000', ...keys], { cwd: folder });
  return samplesOf(await fs.readFile(path.join(folder, 'out-1.m4s'))).map(md5);
}

export function samplesOf(bytes: Buffer): Buffer[] {
  return readFragments(bytes).flatMap(({ samples, data }) => {
    let at = data;
    return samples.map((sample) => bytes.subarray(at, (at += sample.bytes)));
  });
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
