import fs from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTitle } from '../../../src/stages/verify/check-title.js';
import { readSampleEncryption } from '../../../src/tools/cenc/sample-encryption.js';
import { readTrackEncryption } from '../../../src/tools/cenc/track-encryption.js';
import { readFragments } from '../../../src/tools/mp4/fragments.js';
import { MPD_SCHEMA, mpdFaults } from '../../support/mpd-schema.js';
import { SEGMENTS, useWorkshop } from '../robust/workshop.js';
import { clearSums, ffmpegSums, nodeSums, packagerSums, readRendition, samplesOf } from './decryptors.js';

/** --drm: what the real program publishes, against what it publishes in clear. */

const KEYS = {
  sd: { kid: '0123456789abcdef0123456789abcdef', key: 'fedcba98765432100f1e2d3c4b5a6978' },
  audio: { kid: 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf', key: '00112233445566778899aabbccddeeff' },
};

const shop = useWorkshop();
let keysFile = '';

beforeAll(async () => {
  keysFile = shop.path('keys.json');
  const keys = Object.entries(KEYS).map(([label, pair]) => ({ label, kid: pair.kid, key: pair.key }));
  await fs.writeFile(keysFile, JSON.stringify({ schema: 'mediactl.keys/1', keys }), { mode: 0o600 });
  const clear = await shop.encode('clear', '--format', 'cmaf');
  if (clear.exitCode !== 0) throw new Error(clear.stdout + clear.stderr);
});

async function renditions(title: string): Promise<[name: string, folder: string][]> {
  const folders = (await fs.readdir(title, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }): [string, string] => [name.replace(/-[0-9a-f]{8}$/, ''), path.join(title, name)])
    .sort();
}

/** A playlist's text but for what is said of keys. */
async function withoutKeys(file: string): Promise<string> {
  return (await fs.readFile(file, 'utf8')).replace(/^#EXT-X-KEY:.*\n/gm, '');
}

describe.each(['cenc', 'cbcs'] as const)('%s', (scheme) => {
  test('each segment is the clear one for all who have its key, and for nobody else', async () => {
    const made = await shop.encode(scheme, '--drm', scheme, '--keys', keysFile);
    expect(made.exitCode, made.stdout + made.stderr).toBe(0);
    const [clear, encrypted] = [await renditions(shop.path('clear')), await renditions(shop.path(scheme))];
    expect(encrypted.map(([name]) => name)).toEqual(clear.map(([name]) => name));
    expect(encrypted).toHaveLength(3);
    const ivs = new Map<string, string[]>();
    for (const [i, [name, folder]] of encrypted.entries()) {
      const pair = name.startsWith('audio') ? KEYS.audio : KEYS.sd;
      const rendition = await readRendition(folder);
      const original = await readRendition(clear[i]?.[1] ?? '');
      expect(rendition.segments).toHaveLength(SEGMENTS);
      const sums = clearSums(original);
      expect(nodeSums(rendition, pair.key)).toEqual(sums);
      expect(await ffmpegSums(rendition, pair.key)).toEqual(sums);
      expect(await packagerSums(rendition, pair, shop.path(`${scheme}-${name}`))).toEqual(sums);

      const track = readTrackEncryption(rendition.init);
      const isVideo = !name.startsWith('audio');
      const pattern = scheme === 'cbcs' && isVideo ? { crypt: 1, skip: 9 } : { crypt: 0, skip: 0 };
      expect(track).toMatchObject({ scheme, kid: pair.kid, ivBytes: scheme === 'cenc' ? 8 : 0, pattern });
      const samples = rendition.segments.flatMap(samplesOf);
      const clearSamples = original.segments.flatMap(samplesOf);
      for (const [n, sample] of samples.entries()) {
        // A picture begins with the length of its first unit and the unit's header.
        const head = isVideo ? 5 : 0;
        expect(sample.subarray(0, head)).toEqual(clearSamples[n]?.subarray(0, head));
        if (sample.length > 64) expect(sample.equals(clearSamples[n] ?? sample)).toBe(false);
      }
      const own = rendition.segments.flatMap((bytes) =>
        readFragments(bytes).flatMap(({ start }) =>
          (readSampleEncryption(bytes, start, track?.ivBytes ?? 0) ?? []).map(({ iv }) => iv.toString('hex')),
        ),
      );
      ivs.set(pair.kid, [...(ivs.get(pair.kid) ?? []), ...own]);
      const playlist = await withoutKeys(path.join(folder, 'index.m3u8'));
      expect(playlist).toBe(await withoutKeys(path.join(clear[i]?.[1] ?? '', 'index.m3u8')));
    }
    if (scheme === 'cbcs') return;
    // Counters never come twice under one key: there are as many IVs as samples.
    for (const list of ivs.values()) expect(new Set(list).size).toBe(list.length);
    expect(ivs.get(KEYS.sd.kid)).toHaveLength(2 * 175);
  });

  test('the title passes the deep check, its manifests are valid, and name the keys', async ({ skip }) => {
    const title = shop.path(scheme);
    expect(await checkTitle(title, 'master.m3u8', { deep: true })).toEqual([]);
    const master = await fs.readFile(path.join(title, 'master.m3u8'), 'utf8');
    for (const format of ['edef8ba9-79d6-4ace-a3c8-27dcd51d21ed', 'com.microsoft.playready', 'org.w3.clearkey']) {
      expect(
        master.split('\n').filter((line) => line.startsWith('#EXT-X-SESSION-KEY') && line.includes(format)),
      ).toHaveLength(2);
    }
    expect(master.includes('com.apple.streamingkeydelivery')).toBe(scheme === 'cbcs');
    expect(master).not.toContain('identity');
    const mpds = ['manifest.mpd', 'clearkey.mpd'];
    for (const name of mpds) {
      const text = await fs.readFile(path.join(title, name), 'utf8');
      expect(text).toContain('cenc:default_KID="01234567-89ab-cdef-0123-456789abcdef"');
      expect(text).toContain('cenc:default_KID="a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"');
      expect(text.includes('e2719d58')).toBe(name === 'clearkey.mpd');
      expect(text.includes('edef8ba9')).toBe(name === 'manifest.mpd');
    }
    if (MPD_SCHEMA === null) return skip();
    for (const name of mpds) {
      expect(await mpdFaults(await fs.readFile(path.join(title, name), 'utf8'), MPD_SCHEMA)).toEqual([]);
    }
  });

  test('made again it is unchanged; the record says which key is whose, and has none', async () => {
    const again = await shop.encode(scheme, '--drm', scheme, '--keys', keysFile);
    expect(again.events.at(-1)).toMatchObject({
      type: 'result',
      outcome: 'unchanged',
      protection: { scheme },
      clearKeyManifest: path.join(shop.path(scheme), 'clearkey.mpd'),
    });
    const record = await fs.readFile(path.join(shop.path(scheme), 'mediactl.json'), 'utf8');
    expect(JSON.parse(record)).toMatchObject({
      plan: {
        packaging: [
          {
            protection: {
              scheme,
              systems: ['widevine', 'playready', 'fairplay', 'clearkey'],
              keys: [
                { kid: KEYS.sd.kid, label: 'sd' },
                { kid: KEYS.audio.kid, label: 'audio', renditions: [expect.stringMatching(/^audio-/)] },
              ],
            },
          },
        ],
      },
    });
    for (const { key } of Object.values(KEYS)) expect(record).not.toContain(key);
  });
});

test.each([
  [['--drm', 'cbcs'], 2, 'usage'],
  [['--drm', 'cbcs', '--format', 'hls'], 2, 'usage'],
  [['--drm', 'cbcs', '--format', 'hls,cmaf'], 2, 'usage'],
  [['--drm', 'cbcs', '--drm-keys', 'per-title'], 2, 'keys-missing'],
  [['--drm', 'cbcs', '--packager', '/bin/true'], 4, 'tool-missing'],
])('%j is refused before anything is made', async (flags, exitCode, code) => {
  const withKeys = flags.length === 2 ? flags : [...flags, '--keys', keysFile];
  const run = await shop.encode('refused', ...withKeys);
  expect(run.events.at(-1)).toMatchObject({ type: 'error', code, exitCode });
  await expect(fs.stat(shop.path('refused'))).rejects.toThrow('ENOENT');
});
