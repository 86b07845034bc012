import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/mediactl.js', import.meta.url));
const streams = new URL('../../dist/cli/streams.js', import.meta.url).href;

async function shell(script: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', script, 'bash', process.execPath, bin], { encoding: 'utf8' });
  return stdout;
}

test('who has read enough of a printed text may leave: exit code 0, nothing on stderr', async () => {
  for (const args of ['ladders --schema', '--help', 'encode --help']) {
    expect(await shell(`{ { "$1" "$2" ${args}; echo "code $?" >&3; } 2>&3 | true; } 3>&1`)).toBe('code 0\n');
  }
});

test('a long text reaches a slow reader whole', async () => {
  const script = `import(${JSON.stringify(streams)}).then((m) => m.printToStdout("x".repeat(5_000_000)))`;
  expect((await shell(`"$1" -e '${script}' | { sleep 0.5; wc -c; }`)).trim()).toBe('5000001');
});

test.runIf(process.platform === 'linux')('a full disk behind stdout is told', async () => {
  expect(await shell('"$1" "$2" ladders 2>&1 >/dev/full; echo "code $?"')).toMatch(
    /^error: cannot write to stdout\n {2}why: ENOSPC.*\n(.*\n)*code 6\n$/,
  );
});

test('a stderr that nobody reads changes nothing', async () => {
  expect(await shell('{ { "$1" "$2" encode 2>&1; echo "code $?" >&3; } | true; } 3>&1')).toBe('code 2\n');
});
