import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const DIST = new URL('../../../dist/storage/', import.meta.url);

/** Packages that were loaded by running `code` with the built modules. */
function loadedBy(code: string): string[] {
  const script = `
    const { createRequire, register } = await import('node:module');
    const before = new Set(Object.keys(createRequire(import.meta.url).cache));
    ${code}
    const all = Object.keys(createRequire(import.meta.url).cache).filter((file) => !before.has(file));
    const names = all.map((file) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(names)]));`;
  const argv = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, argv, { cwd: fileURLToPath(DIST), encoding: 'utf8' })) as string[];
}

const OPEN = `const { openStorage } = await import('${DIST.href}open.js');
  const options = (kind) => ({ credentials: { kind, impersonate: null, token: 't' }, env: {}, endpoint: 'http://127.0.0.1:9', retry: { patienceMs: 0 } });`;

test('a folder loads nothing of the cloud', () => {
  expect(loadedBy(`${OPEN} await openStorage({ kind: 'folder', path: '/nowhere' }, options('anonymous'));`)).toEqual(
    [],
  );
});

test("Google's library is loaded for credentials, and only for them", () => {
  const ask = (kind: string): string[] =>
    loadedBy(`${OPEN} const s = await openStorage({ kind: 'gcs', bucket: 'media', prefix: '' }, options('${kind}'));
      await s.stat('m').catch(() => undefined);`);
  expect(ask('anonymous')).not.toContain('@google-cloud/storage');
  expect(ask('access-token')).not.toContain('@google-cloud/storage');
  expect(ask('application-default')).toContain('@google-cloud/storage');
});
