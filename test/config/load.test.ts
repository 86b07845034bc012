import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as fixtures from '../../fixtures/settings.js';
import { loadSettings, type SettingsRequest } from '../../src/config/load.js';
import { renderOrigins } from '../../src/config/origins.js';
import { loadPreset } from '../../src/config/presets.js';
import { MediactlError } from '../../src/errors.js';
import type { SettingOrigins, Settings, SettingsOf } from '../../src/model/settings.js';

// home/ is the user's, home/work/title is where mediactl runs.
let home: string;
let cwd: string;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'mediactl-config-')));
  cwd = join(home, 'work', 'title');
  await mkdir(cwd, { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

async function put(path: string, content: unknown): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** Settings as people write them. */
type FlatSettings = SettingsOf<keyof Settings>;

function flat({ title, work, access, objects, output, play, service }: Settings): FlatSettings {
  return { ...title, ...work, ...access, ...objects, ...output, ...play, ...service };
}

const DEFAULTS = flat(fixtures.DEFAULTS);

async function load(
  request: Partial<SettingsRequest> = {},
): Promise<{ settings: FlatSettings; origins: SettingOrigins }> {
  const { settings, origins } = await loadSettings({ cwd, flags: {}, ...request, env: { HOME: home, ...request.env } });
  return { settings: flat(settings), origins };
}

async function failure(request: Partial<SettingsRequest> = {}): Promise<MediactlError> {
  const error = await load(request).then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MediactlError)) throw error;
  expect(error).toMatchObject({ code: 'config', exitCode: 2 });
  return error;
}

describe('layers', () => {
  test('nothing given: what is built in', async () => {
    const { settings, origins } = await load();
    expect(settings).toEqual(DEFAULTS);
    expect(settings).toMatchObject({ ladder: 'vod', stallTimeout: 120, resume: true, keep: true, ffmpeg: 'ffmpeg' });
    for (const origin of Object.values(origins)) expect(origin).toMatchObject({ source: 'default', where: 'built in' });
  });

  test('each layer covers the one before: user file < project file < environment < flags', async () => {
    const user = await put('.config/mediactl/config.yaml', 'jobs: 1\ncrf: 1\nnice: 1\nstallTimeout: 1\n');
    const project = await put('work/.mediactlrc.json', { jobs: 2, crf: 2, nice: 2 });
    const { settings, origins } = await load({
      env: { MEDIACTL_JOBS: '3', MEDIACTL_CRF: '3.5' },
      flags: { jobs: 4, decode: undefined },
    });
    expect(settings).toMatchObject({ jobs: 4, crf: 3.5, nice: 2, stallTimeout: 1, decode: 'auto' });
    expect(origins.jobs).toEqual({ value: 4, source: 'flag', where: '--jobs' });
    expect(origins.crf).toEqual({ value: 3.5, source: 'environment', where: 'MEDIACTL_CRF' });
    expect(origins.nice).toEqual({ value: 2, source: 'file', where: project });
    expect(origins.stallTimeout).toEqual({ value: 1, source: 'file', where: user });
  });

  test('a null in a file takes back what a weaker file says', async () => {
    await put('.config/mediactl/config.json', { jobs: 1 });
    await put('work/.mediactlrc.json', { jobs: null });
    expect((await load()).settings.jobs).toBeNull();
  });
});

describe('files', () => {
  test.each([
    ['package.json', { name: 'x', mediactl: { jobs: 7 } }],
    ['.mediactlrc', 'jobs: 7'],
    ['.mediactlrc', '{ "jobs": 7 }'],
    ['.mediactlrc.json', { $schema: 'x', jobs: 7 }],
    ['.mediactlrc.json', '\uFEFF{ "jobs": 7 }'],
    ['.mediactlrc.yaml', 'jobs: 7'],
    ['.mediactlrc.yml', 'jobs: 7'],
    ['.config/mediactlrc.json', { jobs: 7 }],
    ['mediactl.config.json', { jobs: 7 }],
    ['mediactl.config.yaml', 'jobs: 7'],
  ])('%s is found from a folder below', async (name, content) => {
    const file = await put(`work/${name}`, content);
    expect((await load()).origins.jobs).toEqual({ value: 7, source: 'file', where: file });
  });

  test('the nearest file counts, and a package.json without settings does not stop the search', async () => {
    await put('work/title/package.json', { name: 'x', dependencies: { mediactl: '1' } });
    await put('work/.mediactlrc.json', { jobs: 2 });
    await put('.mediactlrc.json', { jobs: 3, nice: 3 });
    expect((await load()).settings).toMatchObject({ jobs: 2, nice: null });
  });

  test('the search ends at the home folder', async () => {
    await put('work/.mediactlrc.json', { jobs: 2 });
    expect((await load({ env: { HOME: cwd } })).settings.jobs).toBeNull();
  });

  test('a home folder behind a link is the same home folder', async () => {
    await put('.mediactlrc.json', { ffmpeg: 'ffmpeg7' });
    const link = `${home}-link`;
    await symlink(home, link);
    expect((await load({ env: { HOME: link } })).settings.ffmpeg).toBe('ffmpeg7');
    await rm(link);
  });

  test('$XDG_CONFIG_HOME/mediactl; a relative one is ignored as its specification says', async () => {
    const file = await put('xdg/mediactl/config', 'jobs: 5');
    await put('.config/mediactl/config.json', { jobs: 6 });
    const { origins } = await load({ env: { XDG_CONFIG_HOME: join(home, 'xdg') } });
    expect(origins.jobs).toEqual({ value: 5, source: 'file', where: file });
    expect((await load({ env: { XDG_CONFIG_HOME: 'xdg' } })).settings.jobs).toBe(6);
  });

  test('two settings files in one folder are a mistake: nobody could tell which one is read', async () => {
    const one = await put('work/.mediactlrc.json', { jobs: 2 });
    const other = await put('work/mediactl.config.yaml', 'jobs: 7');
    expect((await failure()).message).toBe(`${one} and ${other} are both settings files`);
    expect((await load({ configFile: other })).settings.jobs).toBe(7);
  });

  test('paths in a file are relative to the file', async () => {
    await put('work/.mediactlrc.json', { ladder: 'ladders/mine.json', output: 'out' });
    expect((await load()).settings).toMatchObject({
      ladder: join(home, 'work/ladders/mine.json'),
      output: join(home, 'work/out'),
    });
    await put('work/.mediactlrc.json', { ladder: 'vod-4k' });
    expect((await load({ flags: { output: 'out' } })).settings).toMatchObject({ ladder: 'vod-4k', output: 'out' });
  });

  test('a file that is named is the only one; the flag is stronger than the variable; false is none', async () => {
    await put('.config/mediactl/config.json', { nice: 1 });
    await put('work/.mediactlrc.json', { nice: 2 });
    await put('work/title/ci.yaml', 'jobs: 8');
    await put('other.json', { jobs: 9 });
    expect((await load({ configFile: 'ci.yaml' })).settings).toMatchObject({ jobs: 8, nice: null });
    const env = { MEDIACTL_CONFIG: join(home, 'other.json') };
    expect((await load({ env })).settings).toMatchObject({ jobs: 9, nice: null });
    expect((await load({ env, configFile: 'ci.yaml' })).settings.jobs).toBe(8);
    expect((await load({ env, configFile: false })).settings).toEqual(DEFAULTS);
    expect((await load({ env: { MEDIACTL_CONFIG: '' } })).settings.nice).toBe(2);
    expect((await failure({ configFile: 'no.json' })).message).toBe(
      `${join(cwd, 'no.json')}: there is no such settings file`,
    );
  });

  test('malformed files are named with line and column; the broken package.json of others is not our concern', async () => {
    await put('work/title/package.json', '{ "name": ');
    const file = await put('work/.mediactlrc.json', '{\n  "jobs": 1,\n}');
    const { message } = await failure();
    expect(message.startsWith(`${file}: not well-formed JSON: `)).toBe(true);
    expect(message.endsWith(' (line 3, column 1)')).toBe(true);
    await put('work/.mediactlrc.json', '');
    await put('work/.mediactlrc.yaml', 'jobs: 1\n b: [1');
    expect((await failure()).message).toMatch(/\.mediactlrc\.yaml: not well-formed YAML: .+ \(line 2, column 3\)$/);
  });

  test('a pipe by the name of a configuration file does not hold mediactl up', async () => {
    execFileSync('mkfifo', [join(cwd, '.mediactlrc')]);
    expect((await load()).settings).toEqual(DEFAULTS);
  });
});

describe('folders of strangers', () => {
  const PAYLOAD = (mark: string): string =>
    `require('node:fs').writeFileSync(${JSON.stringify(mark)}, ''); module.exports = { jobs: 7 };`;

  test.each(['mediactl.config.js', '.mediactlrc.cjs', 'mediactl.config.mjs', '.config/mediactlrc.ts'])(
    '%s is an error, and is not run',
    async (name) => {
      const file = await put(`work/${name}`, PAYLOAD(join(home, 'ran')));
      await put('work/.mediactlrc.json', { jobs: 1 });
      const error = await failure();
      expect(error.message).toBe(`${file} was found but not run`);
      expect(error.hint).toContain('--config');
      expect(await readdir(home)).not.toContain('ran');
      expect((await load({ configFile: false })).settings).toEqual(DEFAULTS);
    },
  );

  test('code runs when the user names it', async () => {
    const file = await put('work/mediactl.config.cjs', PAYLOAD(join(home, 'ran')));
    expect((await load({ configFile: file })).origins.jobs).toEqual({ value: 7, source: 'file', where: file });
    expect(await readdir(home)).toContain('ran');
    await put('work/esm.mjs', 'export default { jobs: 3 }');
    expect((await load({ env: { MEDIACTL_CONFIG: join(home, 'work/esm.mjs') } })).settings.jobs).toBe(3);
    const broken = await put('work/broken.cjs', 'throw new Error("no luck")');
    expect((await failure({ configFile: broken })).reason).toContain('no luck');
  });

  test("code for cosmiconfig's own search is not run either", async () => {
    await put('work/title/.config/config.cjs', PAYLOAD(join(home, 'ran')));
    const before = process.cwd();
    process.chdir(cwd);
    try {
      await load();
    } finally {
      process.chdir(before);
    }
    expect(await readdir(home)).not.toContain('ran');
  });

  test('nor that something in the way is replaced, nor a folder outside its own', async () => {
    await put('work/.mediactlrc.json', { force: true, output: '../elsewhere' });
    const { detail } = await failure();
    expect(detail).toHaveLength(2);
    expect(detail[0]).toContain('force: a settings file found in or above the working folder may not choose whether');
    expect(detail[1]).toContain('may not choose a folder outside its own');
    await put('work/.mediactlrc.json', { output: 'titles/{name}' });
    expect((await load()).settings.output).toBe(join(home, 'work/titles/{name}'));
  });

  test('a file that may have come with the media chooses no programs', async () => {
    const file = await put('work/.mediactlrc.json', { ffmpeg: './payload', jobs: 2 });
    expect((await failure()).message).toContain(
      `${file}: ffmpeg: a settings file found in or above the working folder may not choose`,
    );
    expect((await load({ configFile: file })).settings.ffmpeg).toBe(join(home, 'work/payload'));
  });

  test('nor where a title goes, who may read it, nor with whose key it is encrypted; other settings of a bucket are data', async () => {
    const kmsKey = 'projects/p/locations/eu/keyRings/r/cryptoKeys/k';
    const data = { storageClass: 'nearline', metadata: { by: 'us' }, headers: [{ match: '*', cacheControl: 'x' }] };
    const file = await put('work/.mediactlrc.json', { to: 'gs://theirs', acl: 'publicRead', kmsKey, ...data });
    expect((await failure()).detail).toEqual([
      expect.stringContaining(
        `${file}: to: a settings file found in or above the working folder may not choose which bucket`,
      ),
      expect.stringContaining(
        `${file}: acl: a settings file found in or above the working folder may not choose who may read`,
      ),
      expect.stringContaining(
        `${file}: kmsKey: a settings file found in or above the working folder may not choose the key`,
      ),
    ]);
    expect((await load({ configFile: file })).settings).toMatchObject({ acl: 'publicRead', kmsKey });
    await put('work/.mediactlrc.json', data);
    expect((await load()).settings).toMatchObject({ ...data, storageClass: 'NEARLINE' });
  });

  test("the user's own files do", async () => {
    await put('.config/mediactl/config.json', { ffmpeg: '/opt/ffmpeg/bin/ffmpeg' });
    await put('.mediactlrc.json', { ffprobe: 'ffprobe6' });
    expect((await load()).settings).toMatchObject({ ffmpeg: '/opt/ffmpeg/bin/ffmpeg', ffprobe: 'ffprobe6' });
  });
});

describe('text of variables and flags', () => {
  test('numbers, lists and words', async () => {
    const { settings } = await load({
      env: {
        MEDIACTL_STALL_TIMEOUT: '60',
        MEDIACTL_ONLY: '720p, 480p,',
        MEDIACTL_AUDIO_LANG: 'en,pt-BR',
        MEDIACTL_ENCODER_PRESET: 'veryfast',
        MEDIACTL_NICE: '',
      },
      flags: { only: ['1080p,360p', '240p'], crf: '20.5', audioLang: 'de', dryRun: true },
    });
    expect(settings).toEqual({
      ...DEFAULTS,
      stallTimeout: 60,
      only: ['1080p', '360p', '240p'],
      audioLang: ['de'],
      encoderPreset: 'veryfast',
      crf: 20.5,
    });
  });

  test('a file, or none', async () => {
    expect((await load({ env: { MEDIACTL_RECEIPT: 'a.json' } })).settings.receipt).toBe('a.json');
    expect((await load({ env: { MEDIACTL_RECEIPT: 'false' } })).settings.receipt).toBe(false);
    const { settings, origins } = await load({ env: { MEDIACTL_RECEIPT: 'a.json' }, flags: { receipt: false } });
    expect([settings.receipt, origins.receipt.where]).toEqual([false, '--no-receipt']);
  });

  test.each([
    ['true', true],
    ['1', true],
    ['YES', true],
    ['false', false],
    ['0', false],
    ['no', false],
  ])('MEDIACTL_KEEP=%s', async (text, value) => {
    expect((await load({ env: { MEDIACTL_KEEP: text } })).settings.keep).toBe(value);
  });

  test('a rate is of bytes; bits are not taken for them', async () => {
    const rate = async (text: string): Promise<unknown> => (await load({ flags: { bwlimit: text } })).settings.bwlimit;
    for (const text of ['10M', '10m', '10MiB', '10 MB/s', '10240K']) expect(await rate(text)).toBe(10 * 1024 ** 2);
    await put('work/.mediactlrc.json', { bwlimit: 1e6 });
    expect((await load()).settings.bwlimit).toBe(1e6);
    expect(await rate('off')).toBeNull();
    for (const text of ['10Mb', '10Mbit', '10mbps', '1k', '0', '-1', 'fast']) {
      expect((await failure({ flags: { bwlimit: text } })).message).toMatch(/^--bwlimit: .+: expected bytes a second/);
    }
  });

  test('a flag is named as it was typed', async () => {
    const { origins } = await load({ flags: { keep: false, resume: false, stallTimeout: 5 } });
    expect([origins.keep.where, origins.resume.where, origins.stallTimeout.where]).toEqual([
      '--no-keep',
      '--fresh',
      '--stall-timeout',
    ]);
  });
});

describe('headers and metadata', () => {
  test('pairs from flags, one each; from a variable with commas between, or as JSON', async () => {
    const flags = { metadata: ['title=a, b=c', ' rights =free'] };
    expect((await load({ flags })).settings.metadata).toEqual({ title: 'a, b=c', rights: 'free' });
    const from = async (text: string): Promise<unknown> =>
      (await load({ env: { MEDIACTL_METADATA: text } })).settings.metadata;
    expect(await from('title=1,rights=a=b')).toEqual({ title: '1', rights: 'a=b' });
    expect(await from('{"title":"a, b"}')).toEqual({ title: 'a, b' });
  });

  test('rules from a file, or from a variable as JSON', async () => {
    const headers = [{ match: '*.m3u8', cacheControl: 'no-cache', contentType: 'audio/mpegurl; charset=utf-8' }];
    await put('work/.mediactlrc.json', { headers });
    expect((await load()).settings.headers).toEqual(headers);
    const env = { MEDIACTL_HEADERS: JSON.stringify([{ match: 'a', metadata: { b: 'c' } }]) };
    expect((await load({ env })).settings.headers).toEqual([{ match: 'a', metadata: { b: 'c' } }]);
  });

  test('what no header can carry is refused, all of it at once', async () => {
    const file = await put('work/.mediactlrc.json', {
      metadata: { 'a b': 'x', c: 'line\r\nx-evil: 1', d: 'ü', e: ' x', f: 5 },
      headers: [
        { match: '/abs', cacheControl: 'a\nb' },
        { match: '*', contentType: 'video' },
        { match: '*' },
        { math: '*', cacheControl: 'x' },
      ],
    });
    const env = { MEDIACTL_HEADERS: '[{"match":"*","cacheControl":""}]', MEDIACTL_METADATA: 'novalue' };
    const flags = { metadata: [`k=${'x'.repeat(8192)}`], storageClass: 'near', acl: 'public', kmsKey: 'key' };
    const value = 'printable ASCII without leading or trailing spaces';
    expect((await failure({ env, flags })).detail).toEqual([
      `${file}: metadata.a b: "a b" is not valid: expected a key of letters, digits, "-", "_" and "."`,
      `${file}: metadata.c: "line\\r\\nx-evil: 1" is not valid: expected ${value}`,
      `${file}: metadata.d: "ü" is not valid: expected ${value}`,
      `${file}: metadata.e: " x" is not valid: expected ${value}`,
      `${file}: metadata.f: 5 is not valid: expected ${value}`,
      `${file}: headers[0].match: "/abs" is not valid: expected a glob on paths inside the title, such as *.m3u8 or thumbs/**`,
      `${file}: headers[0].cacheControl: "a\\nb" is not valid: expected a Cache-Control, such as "public, max-age=60"`,
      `${file}: headers[1].contentType: "video" is not valid: expected a type such as video/mp2t or "text/vtt; charset=utf-8"`,
      `${file}: headers[2]: sets nothing: expected contentType, cacheControl or metadata`,
      `${file}: headers[3].match: missing: expected a glob on paths inside the title, such as *.m3u8 or thumbs/**`,
      `${file}: headers[3].math: unknown key; did you mean match?`,
      'MEDIACTL_HEADERS: headers[0].cacheControl: "" is not valid: expected a Cache-Control, such as "public, max-age=60"',
      'MEDIACTL_METADATA: "novalue" is not valid: expected key=value pairs, such as title=42',
      '--metadata: more than 8192 bytes of metadata: expected at most that, keys and values together',
      '--storage-class: "NEAR" is not valid: expected "STANDARD", "NEARLINE", "COLDLINE" or "ARCHIVE"',
      expect.stringMatching(/^--acl: "public" is not valid: expected "private", "publicRead"/),
      '--kms-key: "key" is not valid: expected projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY',
    ]);
  });
});

describe('mistakes', () => {
  test('all of all sources at once, each with its source, value, what was expected and the nearest right name', async () => {
    const file = await put('work/.mediactlrc.json', { 'stall-timeout': 5, laddr: 'vod', jobs: 'many', only: ['a', 5] });
    const error = await failure({
      env: { MEDIACTL_STALL_TIMOUT: '60', MEDIACTL_STRICT: 'maybe', MEDIACTL_CONFG: 'x' },
      flags: { decode: 'shred', audioLang: 'en,?', crf: '99' },
    });
    expect(error.message).toBe('the settings: 10 problems');
    expect(error.detail).toEqual([
      `${file}: stall-timeout: unknown setting; did you mean stallTimeout?`,
      `${file}: laddr: unknown setting; did you mean ladder?`,
      `${file}: jobs: "many" is not valid: expected a whole number from 1 to 64 (encoders side by side)`,
      `${file}: only[1]: 5 is not valid: expected a rung name`,
      'MEDIACTL_STALL_TIMOUT: unknown variable; did you mean MEDIACTL_STALL_TIMEOUT?',
      'MEDIACTL_STRICT: "maybe" is not valid: expected true or false',
      'MEDIACTL_CONFG: unknown variable; did you mean MEDIACTL_CONFIG?',
      '--decode: "shred" is not valid: expected "auto", "shared", "per-rung" or "single-process"; did you mean "shared"?',
      '--audio-lang: "?" is not valid: expected a language tag, such as en or pt-BR',
      '--crf: 99 is not valid: expected a number from 1 to 51 (lower is better)',
    ]);
  });

  test('one alone is the message itself', async () => {
    expect((await failure({ env: { MEDIACTL_JOBS: '0' } })).message).toBe(
      'MEDIACTL_JOBS: 0 is not valid: expected a whole number from 1 to 64 (encoders side by side)',
    );
    const file = await put('work/package.json', { mediactl: 'vod' });
    expect((await failure()).message).toBe(`${file}: "vod" is not valid: expected an object of settings`);
  });

  test('a file that cannot be read is listed with the rest', async () => {
    await put('work/.mediactlrc.json', '{');
    const error = await failure({ flags: { nice: 20 } });
    expect(error.detail).toHaveLength(2);
    expect(error.detail[1]).toBe('--nice: 20 is not valid: expected a whole number from 0 to 19 (niceness)');
  });

  test('settings that exclude each other: an error from one source, from two the stronger wins', async () => {
    expect((await failure({ flags: { quiet: true, verbose: true } })).message).toBe(
      '--quiet and --verbose exclude each other: give only one of them',
    );
    const file = await put('work/.mediactlrc.json', { crf: 20, rateControl: 'abr' });
    expect((await failure()).message).toBe(
      `${file}: rateControl "abr" and ${file}: crf 20 exclude each other: give only one of them`,
    );
    await put('work/.mediactlrc.json', { crf: 20 });
    expect((await load({ flags: { rateControl: 'abr' } })).settings).toMatchObject({ rateControl: 'abr', crf: null });
    expect((await load({ flags: { rateControl: 'crf' } })).settings).toMatchObject({ rateControl: 'crf', crf: 20 });
  });
});

describe('--print-config', () => {
  test('each value and where it came from, in aligned columns', async () => {
    const { origins } = await load({ env: { MEDIACTL_ONLY: '720p' }, flags: { keep: false } });
    const lines = renderOrigins(origins, 'text', await loadPreset('vod', cwd)).split('\n');
    expect(lines).toHaveLength(Object.keys(DEFAULTS).length);
    expect(lines[0]).toMatch(/^ladder {12}"vod" +default$/);
    expect(lines.find((line) => line.startsWith('only '))).toMatch(/^only {14}\["720p"\] +environment MEDIACTL_ONLY$/);
    expect(lines.find((line) => line.startsWith('keep '))).toMatch(/ false +flag --no-keep$/);
  });

  test('what holds where nothing was given: a value of the ladder, or a rule in words', async () => {
    const { origins } = await load({ flags: { rateControl: 'abr' } });
    const ladder = await loadPreset('live', cwd);
    const text = renderOrigins(origins, 'text', ladder);
    expect(text).toMatch(/^encoderPreset +"\w+" \(ladder live\) +default$/m);
    expect(text).toMatch(/^crf +23 \(ladder live\) +default$/m);
    expect(text).toMatch(/^jobs +\(all rungs at once\) +default$/m);
    expect(text).toMatch(/^maxStaging +2G +default$/m);
    expect(text).toMatch(/^coldClass +"nearline" +default$/m);
    expect(JSON.parse(renderOrigins(origins, 'json', ladder))).toMatchObject({ crf: { value: null, effective: 23 } });
    expect(renderOrigins(origins, 'text', null)).toMatch(/^crf +\(from the ladder\) +default$/m);
  });

  test('no setting that is null is without a word', async () => {
    const { origins } = await load();
    expect(renderOrigins(origins, 'text', null)).not.toContain('null');
  });

  test('JSON', async () => {
    const { origins } = await load({ flags: { jobs: 2 } });
    const document: unknown = JSON.parse(renderOrigins(origins, 'json', null));
    expect(document).toMatchObject(origins);
    expect(document).toMatchObject({ jobs: { effective: 2 }, crf: { value: null, effective: null } });
  });
});
