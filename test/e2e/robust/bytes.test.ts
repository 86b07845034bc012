import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { payloadOf } from '../../../fixtures/mp4-bytes.js';
import { AAC, moving, tone, X264 } from '../../../fixtures/recipe.js';
import { timeOfEncodes } from '../../support/pace.js';
import { runMediactl } from '../run.js';
import { counterGaps, readMedia } from '../title.js';
import { segmentSums, useWholeTitle } from './facts.js';
import { HAS_PROC, sleep, untilNoneLeft, useWorkshop } from './workshop.js';

/**
 * A segment's bytes are a function of source, plan and index alone: of no machine, no schedule and no interruption. Chunks
 * are of two segments of a second, those of sound of eight. MPEG-TS, CMAF and initialization segments come of one encode.
 */

const shop = useWorkshop();
const BOTH = ['--format', 'hls,cmaf'];
const whole = useWholeTitle(shop, 'hls,cmaf');

describe('the bytes are the same', () => {
  test.each([
    ['in another run', []],
    ['with one rung at a time', ['--jobs', '1']],
    ['when each rung has a decoder of its own', ['--decode', 'per-rung']],
    ['in a single process', ['--decode', 'single-process']],
  ])('%s', async (_, options) => {
    const { exitCode, stderr } = await shop.encode('again', '--force', ...BOTH, ...options);
    expect(exitCode, stderr).toBe(0);
    expect(withoutEditions(await segmentSums(shop.path('again')))).toEqual(withoutEditions(whole().sums));
  });

  test.runIf(HAS_PROC)('on a machine of one core', async () => {
    const { exitCode, stderr } = await runMediactl(shop.args('one-core', ...BOTH), { under: ['taskset', '-c', '0'] });
    expect(exitCode, stderr).toBe(0);
    expect(await segmentSums(shop.path('one-core'))).toEqual(whole().sums);
  });
});

interface Source {
  readonly file: string;
  readonly ffmpeg: readonly string[];
  readonly patch?: (bytes: Buffer) => Buffer;
  /** Of pictures and of sound, in the title. Null: it is enough that there are some. */
  readonly segments: number | null;
  readonly seconds: number | null;
}

const H264 = [...X264, '-g', '25', '-bf', '2'];

const SOURCES: Readonly<Record<string, Source>> = {
  'that cannot be sought': {
    file: 'streamed.ts',
    ffmpeg: [...moving('320x180', '25', 7), ...tone(440, 7), ...H264, ...AAC],
    segments: 7,
    seconds: 7,
  },
  'with damaged pictures': {
    file: 'flipped.mp4',
    ffmpeg: [...moving('320x180', '25', 7), ...tone(440, 7), ...H264, ...AAC],
    patch: withFlippedBits,
    segments: null,
    seconds: null,
  },
  'whose last picture is held over several chunks': {
    file: 'held.mp4',
    ffmpeg: [...moving('320x180', '25', 2), ...tone(440, 9.4), ...H264, ...AAC],
    segments: 10,
    seconds: 9.4,
  },
  'whose sound ends many chunks before its pictures': {
    file: 'silent.mp4',
    ffmpeg: [...moving('320x180', '25', 18.2), ...tone(440, 1.5), ...H264, ...AAC],
    segments: 18,
    seconds: 18.2,
  },
  'of which headers promise ten times more': {
    file: 'lying.mkv',
    ffmpeg: [...moving('320x180', '25', 5.6), ...tone(440, 5.6), ...H264, ...AAC],
    patch: withTenfoldDuration,
    segments: 6,
    seconds: 5.6,
  },
};

describe.skipIf(!HAS_PROC).each(Object.entries(SOURCES))(
  'a source %s',
  (_, { file, ffmpeg, patch, segments, seconds }) => {
    test('comes out at its right length, and the same to the byte after each kill -9', async () => {
      const source = path.join(shop.folder, file);
      await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...ffmpeg, source]);
      if (patch) await fs.writeFile(source, patch(await fs.readFile(source)));
      const args = (output: string, ...more: readonly string[]): string[] => {
        return ['encode', source, '--ladder', shop.ladder, '-o', shop.path(output), '--json', ...BOTH, ...more];
      };

      const undisturbed = await runMediactl(args(`${file}-whole`));
      expect(undisturbed.exitCode, undisturbed.stderr).toBe(0);
      const expected = await segmentSums(shop.path(`${file}-whole`));
      const ids = [...new Set(Object.keys(expected).map((name) => path.dirname(name)))];
      expect(ids).toHaveLength(6);
      for (const id of ids) {
        const names = Object.keys(expected).filter((name) => path.dirname(name) === id && !name.endsWith('init.mp4'));
        if (segments !== null) expect([id, names.length]).toEqual([id, segments]);
        const files = names.toSorted().map((name) => path.join(shop.path(`${file}-whole`), name));
        const isTs = names.every((name) => name.endsWith('.ts'));
        if (isTs)
          expect(await counterGaps(files), `${id}: from segment to segment, over the ends of chunks`).toEqual([]);
        const { segments: listed } = await readMedia(path.join(shop.path(`${file}-whole`), id, 'index.m3u8'));
        const sum = listed.reduce((total, { duration }) => total + duration, 0);
        if (seconds !== null) expect(Math.abs(sum - seconds), `${id} has ${sum} s`).toBeLessThan(0.1);
      }

      const output = `${file}-killed`;
      for (const [round, options] of [
        ['--jobs', '1'],
        ['--decode', 'single-process'],
      ].entries()) {
        const run = shop.start(args(output, '--ffmpeg', shop.slow, ...options), { env: { SPEED: String(2 + round) } });
        await sleep(timeOfEncodes(4) + Math.random() * timeOfEncodes(12));
        run.child.kill('SIGKILL');
        await untilNoneLeft(run.children);
        // What it brought is there for ever where it goes to a bucket.
        expect(expected).toMatchObject(await closedSums(shop.path(`.${output}.mediactl`), expected));
      }
      const resumed = await runMediactl(args(output));
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      expect(await segmentSums(shop.path(output))).toEqual(expected);
    });
  },
);

/** Those of the title; sound that is made again, because headers lied, has no right bytes before that. */
async function closedSums(
  staging: string,
  expected: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const sums = await segmentSums(staging).catch(() => ({}));
  return Object.fromEntries(Object.entries(sums).filter(([name]) => name in expected && !name.startsWith('audio')));
}

/** --force gives names of their own. */
function withoutEditions(sums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name.replace(/-[0-9a-f]{8}\//, '/'), sum]));
}

/** One bit in each 1500 bytes of the media but its beginning. */
function withFlippedBits(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const end = payloadOf(bytes, 'moov') - 8;
  for (let at = payloadOf(bytes, 'mdat') + 20_000; at < end; at += 1500) copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at);
  return copy;
}

/** Duration: EBML id 44 89, size 88 (8 bytes), a double in milliseconds. The tags in which tracks say their own get other names. */
function withTenfoldDuration(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes.toString('latin1').replaceAll('DURATION', 'PURATION'), 'latin1');
  const at = copy.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3;
  copy.writeDoubleBE(copy.readDoubleBE(at) * 10, at);
  return copy;
}
