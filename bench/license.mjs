/** Licences per second of one core, and how long one takes at half of what is wanted. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { median } from './measure.mjs';

const WANTED = 3000;
const CONNECTIONS = 32;
const LICENCES = 10_000;

/**
 * Tokens are signed with HS256, and each is for another viewer with a bound of devices, so that state and log are written.
 * @param {{ folder: string, mediactl: string, rounds: number, log: (text: string) => void }} bench
 * @returns {Promise<import('./measure.mjs').Row[]>}
 */
export async function licenseFigures({ folder, mediactl, rounds, log }) {
  const cwd = join(folder, 'license');
  mkdirSync(cwd);
  const kids = ['sd', 'hd', 'audio'].map((label) => ({ label, kid: hex(), key: hex() }));
  const keys = { schema: 'mediactl.keys/1', title: 'movie', keys: kids };
  writeFileSync(join(cwd, 'keys.json'), JSON.stringify(keys), { mode: 0o600 });
  writeFileSync(join(cwd, 'secret'), randomBytes(32).toString('hex'), { mode: 0o600 });
  const tokens = Array.from({ length: 8 }, (_, i) => {
    const args = [
      'license',
      'token',
      '--auth',
      'jwt:secret',
      '--title',
      'movie',
      '--sub',
      `viewer-${i}`,
      '--devices',
      '3',
    ];
    return spawnSync(process.execPath, [mediactl, ...args], { cwd, encoding: 'utf8' }).stdout.trim();
  });
  const flags = ['--keys', 'keys.json', '--auth', 'jwt:secret', '--port', '0', '--rate-limit', '1000000'];
  const args = ['license', 'serve', ...flags, '--token-rate', '1000000', '--json'];
  const server = spawn(process.execPath, [mediactl, ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(server.stdout, 'data');
    const url = JSON.parse(String(line)).address;
    const body = JSON.stringify({
      kids: [Buffer.from(kids[0]?.kid ?? '', 'hex').toString('base64url')],
      type: 'temporary',
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const ask = async (/** @type {number} */ i) => {
      const headers = {
        authorization: `Bearer ${tokens[i % tokens.length]}`,
        'content-type': 'application/json',
        'content-length': body.length,
        'x-device-id': `device-${i % 3}`,
      };
      const request = http.request(url, { method: 'POST', agent, headers });
      request.end(body);
      const [response] = await once(request, 'response');
      const answered = await text(response);
      if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}: ${answered}`);
    };
    await asFastAsItGoes(2000, ask);
    const perSecond = [];
    const late = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = cpuOf(server.pid ?? 0);
      await asFastAsItGoes(LICENCES, ask);
      perSecond.push(LICENCES / (cpuOf(server.pid ?? 0) - before));
      late.push(await atRate(WANTED / 2, 5, ask));
      log(`licences: ${perSecond.at(-1)?.toFixed(0)} per CPU second, p99 ${late.at(-1)?.toFixed(1)} ms`);
    }
    agent.destroy();
    return [
      { what: 'licences per second of one core, HS256', value: median(perSecond).toFixed(0), wanted: `≥ ${WANTED}` },
      {
        what: `p99 of a licence at ${WANTED / 2} per second`,
        value: `${median(late).toFixed(1)} ms`,
        wanted: '≤ 20 ms',
      },
    ];
  } finally {
    server.kill('SIGTERM');
    await once(server, 'close');
  }
}

/**
 * @param {number} count
 * @param {(i: number) => Promise<void>} ask
 */
async function asFastAsItGoes(count, ask) {
  let next = 0;
  const one = async () => {
    while (next < count) await ask(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
}

/**
 * Requests begin when they are due, whether earlier ones are answered or not. Milliseconds that 99 of 100 take at most.
 * @param {number} rate
 * @param {number} seconds
 * @param {(i: number) => Promise<void>} ask
 */
async function atRate(rate, seconds, ask) {
  /** @type {Promise<number>[]} */
  const all = [];
  const began = performance.now();
  while (all.length < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - began) / 1000) * rate));
    while (all.length < due) {
      const asked = performance.now();
      all.push(ask(all.length).then(() => performance.now() - asked));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took = (await Promise.all(all)).sort((a, b) => a - b);
  return took[Math.floor(took.length * 0.99)] ?? 0;
}

/**
 * Seconds of CPU that a process has used (proc(5): fields 14 and 15, in hundredths).
 * @param {number} pid
 */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function hex() {
  return randomBytes(16).toString('hex');
}
