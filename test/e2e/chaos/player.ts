import http from 'node:http';
import path from 'node:path';
import { crc32cOf } from '../../../src/storage/crc32c.js';

/** What a fetched name must be: by the title whose master playlist named it. */
export type Expected = (name: string, crc32c: string, master: string) => string | null;

export interface PlayerCounts {
  polls: number;
  /** Polls that met no title at all. */
  nothing: number;
  /** Whole titles fetched, from master to the last segment. */
  titles: number;
  playlists: number;
  segments: number;
  bytes: number;
  /** Switches to another master playlist that were seen. */
  switches: number;
}

export interface Player {
  readonly counts: PlayerCounts;
  readonly problems: readonly string[];
  /** Ends after the poll that is under way. */
  stop(): Promise<void>;
}

/**
 * Plays whatever is under an address, again and again, as players do and by no cache: the master playlist, each
 * playlist it names, each segment these name. Everything named must be there, and be what `expected` says; once there
 * was a title there always is one.
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
    const began = Date.now();
    counts.polls++;
    const master = await get('master.m3u8');
    if (master.status === 404) {
      counts.nothing++;
      if (last !== '') problems.push('the master playlist is gone');
      return;
    }
    const version = crc32cOf(master.body);
    if (version !== last) counts.switches++;
    last = version;
    const check = async (name: string): Promise<Buffer> => {
      const { status, body } = await get(name);
      if (status === 404 && (await switchesSince(began)) > 1) throw new TooSlow();
      if (status !== 200) throw new Error(`${name}: ${status}`);
      const wrong = expected(name, crc32cOf(body), version);
      if (wrong !== null) throw new Error(`${name}: ${wrong}`);
      return body;
    };
    const wrong = expected('master.m3u8', version, version);
    if (wrong !== null) throw new Error(`master.m3u8: ${wrong}`);
    for (const uri of urisOf(master.body)) {
      const playlist = await check(uri);
      counts.playlists++;
      const names = urisOf(playlist).map((part) => path.posix.join(path.posix.dirname(uri), part));
      await Promise.all(names.map(check));
      counts.segments += names.length;
    }
    counts.titles++;
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
