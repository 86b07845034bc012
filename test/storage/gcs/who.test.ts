import { Compute, IdentityPoolClient, Impersonated, JWT, OAuth2Client, UserRefreshClient } from 'google-auth-library';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../../src/storage/credentials.js';
import { explain } from '../../../src/storage/gcs/explain.js';
import { CredentialsFailure } from '../../../src/storage/gcs/failure.js';
import { whoByChoice, whoByClient, type Who } from '../../../src/storage/gcs/who.js';
import { ApiFailure } from '../../../src/storage/http/failure.js';
import { GaveUp } from '../../../src/storage/retry.js';

const EMAIL = 'sa@p.iam.gserviceaccount.com';
const DEFAULT: Credentials = { kind: 'application-default', impersonate: null };
const sourceClient = new OAuth2Client();

describe('whose credentials they are', () => {
  const workload = new IdentityPoolClient({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: { file: '/nowhere' },
  });
  test.each([
    [new JWT({ email: EMAIL }), '/x/key.json', `the service account ${EMAIL} (key.json)`, EMAIL],
    [new UserRefreshClient(), '/x/adc.json', 'the user who signed in with gcloud (adc.json)', null],
    [new Compute(), null, "this machine's service account (metadata server)", null],
    [workload, '/x/wif.json', 'the workload identity (wif.json)', null],
    [
      new Impersonated({ sourceClient, targetPrincipal: EMAIL }),
      null,
      `the service account ${EMAIL}, impersonated`,
      EMAIL,
    ],
    [new OAuth2Client(), null, 'the application default credentials', null],
  ] as const)('%#', (client, file, text, account) => {
    expect(whoByClient(client, DEFAULT, file)).toMatchObject({ text, account });
  });

  test('before the library has made anything of them', () => {
    const token: Credentials = {
      kind: 'access-token',
      token: 'ya29.x',
      variable: 'CLOUDSDK_AUTH_ACCESS_TOKEN',
      impersonate: null,
    };
    expect(whoByChoice(token).text).toBe('the token in CLOUDSDK_AUTH_ACCESS_TOKEN');
    expect(whoByChoice({ ...token, impersonate: EMAIL }).text).toBe(
      `the service account ${EMAIL}, impersonated by the token in CLOUDSDK_AUTH_ACCESS_TOKEN`,
    );
    expect(whoByChoice({ kind: 'key-file', path: '/home/me/key.json', impersonate: null }).text).toBe(
      'the key file key.json',
    );
  });
});

describe('what helps', () => {
  const service: Who = { kind: 'service-account', text: `the service account ${EMAIL} (key.json)`, account: EMAIL };
  const told = (error: unknown, who: Who): unknown =>
    explain(error, { verb: 'write', name: 'gs://b/o', bucket: 'b', who, endpoint: 'https://x', recognised: true });

  test('a server of tokens that is down is no wrong key', () => {
    const down = new CredentialsFailure('request to https://oauth2.googleapis.com/token failed', true, 'key-file');
    expect(told(new GaveUp(7, 'time', down), service)).toMatchObject({
      code: 'storage-unavailable',
      reason: expect.stringMatching(/^no token for the service account .*failed \(tried 7 times\)$/),
      hint: expect.stringContaining('the network'),
    });
  });

  test.each([
    ['invalid_grant: Invalid JWT Signature.', service, `keys list --iam-account=${EMAIL}`],
    ['invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes)', service, 'set the clock'],
    ['invalid_grant', { kind: 'user', text: 'the user', account: null }, 'sign in again'],
    ["Permission 'iam.serviceAccounts.getAccessToken' denied", service, 'roles/iam.serviceAccountTokenCreator'],
  ] as const)('no token: %s', (message, who, hint) => {
    const failure = new CredentialsFailure(message, false, 'key-file');
    expect(told(failure, who)).toMatchObject({ code: 'storage-auth', hint: expect.stringContaining(hint) });
  });

  test.each([
    ['user', 'gcloud auth application-default login'],
    ['token', 'gcloud auth print-access-token'],
    ['machine', 'metadata'],
    ['service-account', `--iam-account=${EMAIL}`],
    ['nobody', 'send no credentials'],
  ] as const)('a token that is refused, of kind %s', (kind, hint) => {
    const refused = new ApiFailure(401, 'authError', 'Invalid Credentials');
    const text = kind === 'machine' ? "this machine's service account (metadata server)" : 'x';
    const who = { kind, text, account: kind === 'service-account' ? EMAIL : null };
    expect(told(refused, who)).toMatchObject({ code: 'storage-auth', hint: expect.stringContaining(hint) });
  });
});
