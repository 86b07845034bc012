import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { POLICIES, type LicenseToken } from '../../../src/model/license.js';
import { LicenseState, STREAM_MS } from '../../../src/serve/license/license-state.js';
import { LicenseStore } from '../../../src/serve/license/license-store.js';

const NOW = Date.UTC(2026, 10, 26, 18);
const HOUR = 3_600_000;

function token(more: Partial<LicenseToken> = {}): LicenseToken {
  const base: LicenseToken = {
    title: 'movie',
    kids: null,
    who: 'viewer',
    id: 'token',
    issuedMs: NOW,
    expiresMs: NOW + 1000 * HOUR,
    policy: POLICIES.stream,
    maxHeight: null,
    devices: null,
    streams: null,
    uses: null,
    device: null,
  };
  return { ...base, ...more };
}

/** "ok", or why not. */
const ask = (state: LicenseState, asking: LicenseToken, device: string | null, at = NOW): string => {
  const admitted = state.admit(asking, device, at);
  return typeof admitted === 'string' ? admitted : 'ok';
};

describe('who may have a licence', () => {
  test('without bounds anybody, and nothing is kept', () => {
    const state = new LicenseState();
    expect(state.admit(token(), null, NOW)).toBeNull();
    expect([...state.changes()]).toEqual([]);
  });

  test('so many devices of a viewer, the same again, and others once one was not used for 30 days', () => {
    const state = new LicenseState();
    const two = token({ devices: 2 });
    expect(['a', 'b', 'c', 'a', 'b', null].map((device) => ask(state, two, device))).toEqual([
      ...['ok', 'ok', 'too-many-devices', 'ok', 'ok', 'device-missing'],
    ]);
    expect(ask(state, token({ devices: 2, who: 'another' }), 'c')).toBe('ok');
    expect(ask(state, two, 'a', NOW + 29 * 24 * HOUR)).toBe('ok');
    expect(ask(state, two, 'c', NOW + 29 * 24 * HOUR)).toBe('too-many-devices');
    expect(ask(state, two, 'c', NOW + 30 * 24 * HOUR + 1)).toBe('ok');
  });

  test('so many at once, until one stops or its time is over', () => {
    const state = new LicenseState();
    const one = token({ streams: 1 });
    expect(['a', 'b', 'a'].map((device) => ask(state, one, device))).toEqual(['ok', 'too-many-streams', 'ok']);
    expect(state.release(one, 'nobody', NOW)).toBeNull();
    expect(state.release(one, 'a', NOW + 1)).toMatchObject({ device: 'a', until: 0 });
    expect(ask(state, one, 'b', NOW + 2)).toBe('ok');
    expect(ask(state, one, 'a', NOW + 2 + STREAM_MS - 1)).toBe('too-many-streams');
    expect(ask(state, one, 'a', NOW + 2 + STREAM_MS)).toBe('ok');
  });

  test('a token for one device counts for that one, whatever it is called by who asks', () => {
    const state = new LicenseState();
    const bound = token({ devices: 1, device: 'tv' });
    expect([ask(state, bound, null), ask(state, bound, 'other')]).toEqual(['ok', 'ok']);
    expect([...state.changes()]).toMatchObject([{ device: 'tv' }]);
  });

  test('a rental begins within 48 h, and is watched within 6 h of its first licence', () => {
    const rental = token({ policy: POLICIES.rental });
    expect(ask(new LicenseState(), rental, null, NOW + 48 * HOUR + 1)).toBe('time-over');
    const state = new LicenseState();
    const began = NOW + 47 * HOUR;
    expect(ask(state, rental, null, began)).toBe('ok');
    expect(ask(state, rental, null, began + 6 * HOUR)).toBe('ok');
    expect(ask(state, rental, null, began + 6 * HOUR + 1)).toBe('time-over');
    expect(ask(state, token({ policy: POLICIES.rental, id: 'another' }), null, began)).toBe('ok');
  });

  test('persistent licences are given for 30 days, premium until the token ends', () => {
    const state = new LicenseState();
    const [days, premium] = [token({ policy: POLICIES.persistent }), token({ policy: POLICIES.premium })];
    expect(ask(state, days, null, NOW + 30 * 24 * HOUR)).toBe('ok');
    expect(ask(state, days, null, NOW + 30 * 24 * HOUR + 1)).toBe('time-over');
    expect(ask(state, premium, null, NOW + 31 * 24 * HOUR)).toBe('ok');
  });

  test('a token for so many licences gives no more; a refusal does not count', () => {
    const state = new LicenseState();
    const twice = token({ uses: 2, devices: 1 });
    expect(['a', 'b', 'b', 'a', 'a'].map((device) => ask(state, twice, device))).toEqual([
      ...['ok', 'too-many-devices', 'too-many-devices', 'ok', 'used-up'],
    ]);
  });

  test('changes give the same state in any order, and twice', () => {
    const state = new LicenseState();
    const changes = [
      state.admit(token({ devices: 9, uses: 9, policy: POLICIES.rental }), 'a', NOW),
      state.admit(token({ devices: 9, uses: 9, policy: POLICIES.rental }), 'a', NOW + 5),
      state.release(token({ devices: 9 }), 'a', NOW + 6),
      state.admit(token({ devices: 9, uses: 9 }), 'b', NOW + 7),
    ].flatMap((change) => (change === null || typeof change === 'string' ? [] : [change]));
    expect(changes).toHaveLength(4);
    const again = new LicenseState();
    for (const change of [...changes, ...changes].reverse()) again.apply(change);
    const sorted = (each: LicenseState): readonly string[] =>
      [...each.changes()].map((change) => JSON.stringify(change)).sort();
    expect(sorted(again)).toEqual(sorted(state));
  });
});

describe('the journal', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mediactl-licences-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const one = token({ devices: 1, uses: 5 });
  const admit = async (store: LicenseStore, device: string): Promise<string> => {
    const change = store.state.admit(one, device, NOW);
    if (typeof change === 'string') return change;
    if (change !== null) await store.keep(change);
    return 'ok';
  };

  test('what was kept is there after a kill, and a torn line is passed over', async () => {
    const first = await LicenseStore.open(folder, () => NOW);
    expect(await admit(first, 'a')).toBe('ok');
    // Not closed: the process is gone.
    const [name = ''] = await readdir(folder);
    await appendFile(join(folder, name), '{"v":1,"who":"vie');
    const second = await LicenseStore.open(folder, () => NOW);
    expect(await admit(second, 'b')).toBe('too-many-devices');
    expect((await stat(join(folder, (await readdir(folder))[0] ?? ''))).mode & 0o777).toBe(0o600);
    await first.close();
    await second.close();
  });

  test('is written anew without what no longer counts, while it goes on', async () => {
    let now = NOW;
    const store = await LicenseStore.open(folder, () => now);
    for (let i = 0; i < 5; i++) expect(await admit(store, 'a')).toBe('ok');
    const lines = async (): Promise<number> => {
      const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
      return texts.join('').split('\n').length - 1;
    };
    expect(await lines()).toBe(5);
    await store.renew();
    expect(await lines()).toBe(2);
    expect(await admit(store, 'a')).toBe('used-up');
    now += 2000 * HOUR;
    await store.renew();
    expect(await lines()).toBe(0);
    await store.close();
  });
});
