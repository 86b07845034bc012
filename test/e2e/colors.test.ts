import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaInfo, planRequest, videoTrack } from '../../fixtures/media-info.js';
import { samplePlan, sampleRung } from '../../fixtures/plan.js';
import type { Color } from '../../src/model/media.js';
import { plan } from '../../src/stages/plan/plan.js';
import { readColor } from '../../src/stages/probe/color.js';
import { pictureGraph } from '../../src/tools/ffmpeg/picture.js';

/** Patches of known colour in every pixel format that FFmpeg decodes to, through the graph of a plan, and back to RGB. */

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-colors-'));
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const WHITE_BLACK = ['ffffff', '000000'];
const PRIMARIES = [...WHITE_BLACK, 'ff0000', '00ff00', '0000ff'];
const PATCHES = [...PRIMARIES, 'c83228', '28b43c', '3246d2', 'e6c828'];
const PATCH = 32;
const WIDTH = PATCHES.length * PATCH;

/**
 * Off by at most this much; more where a colour has few bits, chroma a quarter of the columns, or a gamma of its own (XYZ), and at the edge of
 * BT.709, to which a step of BT.2020's wider range is a larger one.
 */
const TOLERANCE = { usual: 4, wide: 8, coarse: 18 };

interface Case {
  readonly format: string;
  readonly tag: 'bt709' | 'smpte170m' | 'bt2020nc';
}

describe('colours come out as they went in', () => {
  test('every pixel format, tagged BT.709 and BT.601; BT.2020 where video has it', async () => {
    const formats = await pixelFormats();
    expect(formats.length).toBeGreaterThan(150);
    const cases = formats.flatMap((format): Case[] => [
      { format, tag: 'bt709' },
      ...(isYuv(format) ? [{ format, tag: 'smpte170m' } as const] : []),
      ...(/^yuv4(?:20|22|44)p1[02]le$/.test(format) ? [{ format, tag: 'bt2020nc' } as const] : []),
    ]);
    const wrong: string[] = [];
    for (let at = 0; at < cases.length; at += 40) wrong.push(...(await differences(cases.slice(at, at + 40))));
    expect(wrong).toEqual([]);
  });

  test.each(['bayer_rggb8', 'bayer_bggr8', 'bayer_gbrg16le'])('the mosaic of a sensor, %s', async (format) => {
    const [red, green, blue] = [200, 50, 40];
    const corners = format.includes('rggb')
      ? [red, green, green, blue]
      : format.includes('bggr')
        ? [blue, green, green, red]
        : [green, blue, red, green];
    const wide = format.endsWith('16le');
    const row = (y: number) =>
      Array.from({ length: 64 }, (_, x) => corners[2 * (y % 2) + (x % 2)] ?? 0).flatMap((v) => (wide ? [v, v] : [v]));
    const raw = path.join(folder, `${format}.raw`);
    await fs.writeFile(raw, Buffer.from(Array.from({ length: 64 }, (_, y) => row(y)).flat()));
    const color = readColor({
      pix_fmt: format,
      color_range: null,
      color_space: null,
      color_transfer: null,
      color_primaries: null,
    });
    const track = videoTrack({ size: [64, 64], pixelFormat: format, color });
    const picture = plan(mediaInfo({ video: [track], audio: [] }), planRequest()).picture ?? expect.unreachable();
    const rung = sampleRung('p', 64, 64, 1);
    const frames = { startSeconds: 0, skip: 0, count: 1 };
    const graph = pictureGraph(samplePlan('/in', { picture, renditions: [rung] }), picture, [rung], frames, 0, null);
    const made = path.join(folder, `${format}.yuv`);
    await run('ffmpeg', [
      ...[
        '-y',
        '-nostdin',
        '-v',
        'error',
        '-f',
        'rawvideo',
        '-pixel_format',
        format,
        '-video_size',
        '64x64',
        '-i',
        raw,
      ],
      ...['-filter_complex', graph, '-map', '[v0]', '-f', 'rawvideo', made],
    ]);
    const pixels = await fs.readFile(made);
    const middle = (plane: number): number => pixels[4096 + plane * 1024 + 16 * 32 + 16] ?? 0;
    const seen = toRgb(pixels[32 * 64 + 32] ?? 0, middle(0), middle(1), [0.2126, 0.0722]);
    expect(Math.max(...[red, green, blue].map((part, i) => Math.abs(part - (seen[i] ?? 0))))).toBeLessThan(4);
  });
});

/** Names of those that FFmpeg can also write; palettes are made by another filter. Not those that are not in memory. */
async function pixelFormats(): Promise<string[]> {
  const { stdout } = await run('ffmpeg', ['-hide_banner', '-pix_fmts']);
  const listed = [...stdout.matchAll(/^IO\.\S{2} (\S+)/gm)].map(([, name]) => name ?? '');
  return [...listed, 'pal8'];
}

function isYuv(format: string): boolean {
  return !/rgb|bgr|gbr|pal8|mono|gray|^ya|^xyz/.test(format);
}

async function differences(cases: readonly Case[]): Promise<string[]> {
  const graphs = cases.flatMap((one, i) => ['-filter_complex', graphOf(one, i)]);
  const file = (i: number): string => path.join(folder, `${i}.yuv`);
  const outputs = cases.flatMap((_, i) => ['-map', `[o${i}]`, '-f', 'rawvideo', file(i)]);
  const said = await run('ffmpeg', ['-y', '-nostdin', '-v', 'error', ...graphs, ...outputs]);
  expect(said.stderr).toBe('');
  const wrong: string[] = [];
  for (const [i, one] of cases.entries()) {
    const off = worst(one, await fs.readFile(file(i)));
    const most = isCoarse(one.format) ? 'coarse' : one.tag === 'bt2020nc' ? 'wide' : 'usual';
    if (off > TOLERANCE[most]) wrong.push(`${one.format} ${one.tag}: ${off.toFixed(1)}`);
  }
  return wrong;
}

function graphOf({ format, tag }: Case, number: number): string {
  const tags = { color_space: isYuv(format) ? tag : null, color_primaries: tag === 'bt2020nc' ? 'bt2020' : null };
  const color = readColor({ pix_fmt: format, color_range: null, color_transfer: null, ...tags });
  const track = videoTrack({ size: [WIDTH, PATCH], pixelFormat: format, color });
  const made = plan(mediaInfo({ video: [track], audio: [] }), planRequest());
  const picture = made.picture ?? expect.unreachable();
  const rung = sampleRung('p', WIDTH, PATCH, 1);
  const frames = { startSeconds: 0, skip: 0, count: 1 };
  const graph = pictureGraph(samplePlan('/in', { picture, renditions: [rung] }), picture, [rung], frames, 0, null);
  return `${source({ format, tag }, color)}[i${number}];${graph.replace('[0:0]', `[i${number}]`).replace(/\[v0\]$/, `[o${number}]`)}`;
}

/** The patches in this format, by swscale; BT.2020 by zimg, which knows primaries. */
function source({ format, tag }: Case, color: Color): string {
  const boxes = PATCHES.map((patch, i) => `drawbox=${i * PATCH}:0:${PATCH}:${PATCH}:0x${patch}:fill`).join(',');
  const rgb = `color=size=${WIDTH}x${PATCH}:rate=25:duration=0.2,format=gbrp,${boxes},format=gbrp`;
  if (format === 'pal8') {
    return `${rgb},split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none`;
  }
  if (!isYuv(format)) return `${rgb},scale=flags=accurate_rnd+full_chroma_int,format=${format}`;
  if (tag === 'bt2020nc') {
    return `${rgb},zscale=min=gbr:pin=bt709:tin=bt709:rin=pc:m=bt2020nc:p=bt2020:t=bt709:r=tv,format=${format}`;
  }
  const range = color.range === 'pc' ? 'pc' : 'tv';
  return `${rgb},scale=out_color_matrix=${tag}:out_range=${range}:flags=accurate_rnd+full_chroma_int,format=${format}`;
}

function worst({ format, tag }: Case, pixels: Buffer): number {
  const patches = /gray|mono|^ya\d/.test(format) ? WHITE_BLACK : isCoarse(format) ? PRIMARIES : PATCHES;
  const chromaAt = (plane: number, i: number): number =>
    WIDTH * PATCH + (plane * WIDTH * PATCH) / 4 + ((PATCH / 4) * WIDTH) / 2 + i * (PATCH / 2) + PATCH / 4;
  const weights = tag === 'smpte170m' && isYuv(format) ? ([0.299, 0.114] as const) : ([0.2126, 0.0722] as const);
  return Math.max(
    ...patches.flatMap((patch, i) => {
      const y = pixels[(PATCH / 2) * WIDTH + i * PATCH + PATCH / 2] ?? 0;
      const seen = toRgb(y, pixels[chromaAt(0, i)] ?? 0, pixels[chromaAt(1, i)] ?? 0, weights);
      return seen.map((part, j) => Math.abs(part - Number.parseInt(patch.slice(2 * j, 2 * j + 2), 16)));
    }),
  );
}

/** Limited range to RGB 0 … 255, by the weights of red and blue (BT.601, BT.709). */
function toRgb(y: number, u: number, v: number, [kr, kb]: readonly [number, number]): number[] {
  const [luma, cb, cr] = [(y - 16) / 219, (u - 128) / 224, (v - 128) / 224];
  const red = luma + 2 * (1 - kr) * cr;
  const blue = luma + 2 * (1 - kb) * cb;
  const green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  return [red, green, blue].map((part) => Math.min(255, Math.max(0, 255 * part)));
}

function isCoarse(format: string): boolean {
  return /^(?:rgb|bgr)(?:4|8|4_byte|444|555|565)(?:le|be)?$|^yuvj?41[01]p$|^xyz/.test(format);
}
