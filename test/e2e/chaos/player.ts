import http from 'node:http';
import path from 'node:path';
import { ENTRY_NAMES, MASTER_NAME } from '../../../src/model/title-files.js';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import { readMpd } from '../../../src/tools/mpd/read-mpd.js';

/** One of a title's files that players open, as it was fetched. */
export interface Entry {
  readonly name: string;
  readonly crc32c: string;
}

/** What a fetched name must be: by the title whose entry led to it. Null: as it is. */
export type Expected = (name: string, crc32c: string, entry: Entry) => string | null;

export interface PlayerCounts {
  polls: number;
  /** Polls that met no title at all. */
  nothing: number;
  /** Whole titles fetched, from what players open to the last segment. */
  titles: number;
  playlists: number;
  segments: number;
  bytes: number;
  /** Switches of master.m3u8 that were seen. */
  switches: number;
}

export interface Player {
  readonly counts: PlayerCounts;
  readonly problems: readonly string[];
  /** Ends after the poll that is under way. */
  stop(): Promise<void>;
}

/**
 * Plays whatever is under an address, again and again, as players do and by no cache: each file that players open, each
 * playlist it names, each segment these name; of a manifest each segment and initialization segment. Everything named must be
 * there, and be what `expected` says; once there was a title there always is one (its other forms may come and go).
 *
 * @param switchesSince how often the master playlist was replaced since then: an older version's files stay for
 *   one switch only, so that who is slower than two may meet a 404
 */
export function startPlayer(
  base: string,
  { expected, switchesSince }: { expected: Expected; switchesSince: (ms: number) => Promise<number> },
): Player {
  const counts: PlayerCounts = { polls: 0, nothing: 0, titles: 0, playlists: 0, segments: 0, bytes: 0, switches: 0 };
  const problems: string[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  let last = '';
  let stopped = false;

  const get = async (name: string): Promise<{ status: number; body: Buffer }> => {
    const answer = await fetchOnce(`${base}/${name.split('/').map(encodeURIComponent).join('/')}`, agent);
    counts.bytes += answer.body.length;
    return answer;
  };
  const poll = async (): Promise<void> => {
    counts.polls++;
    for (const name of ENTRY_NAMES) await pollEntry(name);
  };
  const pollEntry = async (entryName: string): Promise<void> => {
    const began = Date.now();
    const top = await get(entryName);
    if (top.status === 404) {
      if (entryName !== MASTER_NAME) return;
      counts.nothing++;
      if (last !== '') problems.push('the master playlist is gone');
      return;
    }
    const entry: Entry = { name: entryName, crc32c: crc32cOf(top.body) };
    if (entryName === MASTER_NAME) {
      if (entry.crc32c !== last) counts.switches++;
      last = entry.crc32c;
    }
    const check = async (name: string): Promise<Buffer> => {
      const { status, body } = await get(name);
      if (status === 404 && (await switchesSince(began)) > 1) throw new TooSlow();
      if (status !== 200) throw new Error(`${name}: ${status}`);
      const wrong = expected(name, crc32cOf(body), entry);
      if (wrong !== null) throw new Error(`${name}: ${wrong}`);
      return body;
    };
    const wrong = expected(entry.name, entry.crc32c, entry);
    if (wrong !== null) throw new Error(`${entry.name}: ${wrong}`);
    counts.titles++;
    if (entryName.endsWith('.mpd')) {
      const names = manifestUrisOf(top.body);
      await Promise.all(names.map(check));
      counts.segments += names.length;
      return;
    }
    for (const uri of urisOf(top.body)) {
      const playlist = await check(uri);
      counts.playlists++;
      const names = urisOf(playlist).map((part) => path.posix.join(path.posix.dirname(uri), part));
      await Promise.all(names.map(check));
      counts.segments += names.length;
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      await poll().catch((error: unknown) => {
        if (!(error instanceof TooSlow)) problems.push(String(error));
      });
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  };
  const running = run();
  return {
    counts,
    problems,
    async stop() {
      stopped = true;
      await running;
      agent.destroy();
    },
  };
}

class TooSlow extends Error {}

/** Initialization segments and segments of a manifest. */
function manifestUrisOf(manifest: Buffer): string[] {
  return readMpd(manifest.toString()).sets.flatMap(({ representations, timeline }) => {
    const numbers = [...timeline()].map(({ number }) => number);
    return representations.flatMap(({ init, segment }) => [init, ...numbers.map(segment)]);
  });
}

/** Every URI of a playlist once, decoded: lines, and attributes. */
function urisOf(playlist: Buffer): string[] {
  const text = playlist.toString();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const attributes = [...text.matchAll(/URI="([^"]+)"/g)].map(([, uri = '']) => uri);
  return [...new Set([...lines, ...attributes])].map(decodeURIComponent);
}

function fetchOnce(url: string, agent: http.Agent): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(pieces) }));
      })
      .on('error', reject);
  });
}
