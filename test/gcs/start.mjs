// Starts the fake in a process of its own. Importable from tests and from plain scripts; as a program,
// `node test/gcs/start.mjs '{"port":4443,"buckets":[{"name":"demo","public":true}]}'` runs until interrupted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFake } from './compile.mjs';

/**
 * @typedef {object} FakeGcs
 * @property {string} endpoint "http://127.0.0.1:1234": apiEndpoint of the client, and where /bucket/object is served
 * @property {import('./control-client.js').Control} control faults, logs, settings
 * @property {number} pid
 * @property {() => Promise<void>} stop ends the process; to be called once or more
 */

/**
 * @param {import('./options.js').FakeOptions} [options]
 * @returns {Promise<FakeGcs>}
 */
export async function startFakeGcs(options = {}) {
  const folder = compileFake();
  const child = spawn(process.execPath, [path.join(folder, 'main.js'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => null)]);
  if (!line) throw new Error('the fake GCS server did not start');
  /** @type {{ endpoint: string }} */
  const { endpoint } = JSON.parse(String(line[0]));
  /** @type {typeof import('./control-client.js')} */
  const { connectControl } = await import(pathToFileURL(path.join(folder, 'control-client.js')).href);
  const stop = async () => {
    child.stdin.end();
    child.kill('SIGTERM');
    await ended;
  };
  return { endpoint, control: connectControl(endpoint), pid: child.pid ?? 0, stop };
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const fake = await startFakeGcs(JSON.parse(process.argv[2] ?? '{}'));
  process.stdout.write(`${fake.endpoint}\n`);
  process.once('SIGINT', () => void fake.stop());
}
