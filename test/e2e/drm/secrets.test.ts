import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packagerProgram } from '../../../src/tools/packager/find.js';
import { HAS_PROC, startMarked, useWorkshop, writeProgram } from '../robust/workshop.js';

const KEY = 'fedcba98765432100f1e2d3c4b5a6978';
const shop = useWorkshop();

/** The forms in which a key could be shown. */
const bytes = Buffer.from(KEY, 'hex');
const FORMS = [KEY, KEY.toUpperCase(), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
const shown = (text: string): boolean =>
  FORMS.some((form) => text.includes(form)) || text.includes(bytes.toString('latin1'));

async function keysFile(): Promise<string> {
  const file = shop.path('keys.json');
  const keys = [{ label: 'all', kid: '0123456789abcdef0123456789abcdef', key: KEY }];
  await fs.writeFile(file, JSON.stringify({ schema: 'mediactl.keys/1', keys }), { mode: 0o600 });
  return file;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

test.skipIf(!HAS_PROC)('no process, file, event or message shows a key', async () => {
  const keys = await keysFile();
  // Shaka Packager is there for hundredths of a second: each one waits until it has been looked at.
  const waiting = shop.path('waiting');
  await fs.mkdir(waiting);
  const packager = shop.path('packager');
  await writeProgram(
    packager,
    `#!/usr/bin/env bash
if [[ $1 != --version ]]; then
  touch ${waiting}/$$
  while [[ -e ${waiting}/$$ ]]; do sleep 0.02; done
fi
exec ${packagerProgram({})} "$@"
`,
  );
  const run = startMarked(shop.args('secret', '--drm', 'cenc', '--keys', keys, '--packager', packager, '-v'));
  let over = false;
  const found = new Set<string>();
  let packagers = 0;
  const seen = new Set<string>();
  const done = run.done.finally(() => (over = true));
  while (!over) {
    const held = await fs.readdir(waiting);
    for (const pid of [...(await run.children()), ...held]) {
      for (const what of ['cmdline', 'environ']) {
        const text = await fs.readFile(`/proc/${pid}/${what}`, 'latin1').catch(() => '');
        if (shown(text)) found.add(`${what} of ${text.split('\0')[0]}`);
      }
    }
    packagers += held.length;
    for (const pid of held) await fs.rm(path.join(waiting, pid));
    for (const file of await filesIn(shop.folder)) {
      if (file === keys) continue;
      seen.add(path.extname(file));
      if (shown(await fs.readFile(file, 'latin1').catch(() => ''))) found.add(file);
    }
  }
  const { exitCode, stdout, stderr } = await done;
  expect(exitCode, stdout + stderr).toBe(0);
  for (const file of await filesIn(shop.path('secret'))) {
    if (shown(await fs.readFile(file, 'latin1'))) found.add(file);
  }
  expect(shown(stdout + stderr)).toBe(false);
  expect([...found]).toEqual([]);
  expect(packagers).toBeGreaterThan(3);
  expect(seen).toContain('.m4s');
  // Nothing of the work is left.
  expect((await fs.readdir(shop.folder)).filter((name) => name.startsWith('.secret'))).toEqual([]);
});

test('a packager that leaves the beginning clear, or fails with the key in its words, is found out', async () => {
  const keys = await keysFile();
  const program = packagerProgram({});
  const lead = shop.path('clear-lead');
  await writeProgram(
    lead,
    `#!/usr/bin/env bash\nargs=("$@")\nargs=("\${args[@]/#0/5}")\nexec ${program} "\${args[@]}" --clear_lead 5\n`,
  );
  const clear = await shop.encode('lead', '--drm', 'cbcs', '--keys', keys, '--packager', lead);
  expect(clear.events.at(-1)).toMatchObject({ type: 'error', code: 'protect-failed' });
  const talks = shop.path('talking-packager');
  await writeProgram(
    talks,
    `#!/usr/bin/env bash\nif [[ $1 == --version ]]; then exec ${program} --version; fi\ncat keys.fifo >&2\nexit 1\n`,
  );
  const told = await shop.encode('talks', '--drm', 'cbcs', '--keys', keys, '--packager', talks, '-v');
  expect(told.events.at(-1)).toMatchObject({ type: 'error', code: 'protect-failed' });
  expect(shown(told.stdout + told.stderr)).toBe(false);
});
