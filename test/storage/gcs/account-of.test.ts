import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseCredentials } from '../../../src/storage/credentials.js';
import { accountOf } from '../../../src/storage/gcs/account-of.js';

let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-account-'));
});

afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const NONE = { anonymous: false, keyFile: null, impersonate: null };

async function keyFile(content: unknown): Promise<string> {
  const file = path.join(folder, 'key.json');
  await fs.writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('the account is that of the key, or the one that is impersonated', async () => {
  const file = await keyFile({ type: 'service_account', client_email: 'maker@p.iam.gserviceaccount.com' });
  const given = chooseCredentials({ ...NONE, keyFile: file }, {});
  expect(await accountOf(given, {})).toBe('maker@p.iam.gserviceaccount.com');
  const other = chooseCredentials({ ...NONE, keyFile: file, impersonate: 'other@p.iam.gserviceaccount.com' }, {});
  expect(await accountOf(other, {})).toBe('other@p.iam.gserviceaccount.com');
  const env = { GOOGLE_APPLICATION_CREDENTIALS: file };
  expect(await accountOf(chooseCredentials(NONE, env), env)).toBe('maker@p.iam.gserviceaccount.com');
});

test("nobody's, a user's, and what could not stand in a command is not known", async () => {
  expect(await accountOf(chooseCredentials({ ...NONE, anonymous: true }, {}), {})).toBeNull();
  expect(await accountOf(chooseCredentials(NONE, {}), {})).toBeNull();
  for (const content of [
    'no JSON',
    { type: 'authorized_user' },
    { client_email: 'a b; rm -rf ~' },
    { client_email: 7 },
  ]) {
    expect(await accountOf(chooseCredentials({ ...NONE, keyFile: await keyFile(content) }, {}), {})).toBeNull();
  }
  const absent = path.join(folder, 'absent.json');
  expect(await accountOf(chooseCredentials({ ...NONE, keyFile: absent }, {}), {})).toBeNull();
});
