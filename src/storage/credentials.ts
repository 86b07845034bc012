import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';

/** Who asks Google. Tokens and keys never appear in messages, events or records. */
export type Credentials = (
  | { readonly kind: 'application-default' }
  | { readonly kind: 'key-file'; readonly path: string }
  /** `variable`: where it is from. */
  | { readonly kind: 'access-token'; readonly token: string; readonly variable?: string }
  | { readonly kind: 'anonymous' }
) & {
  /** Act as this service account, whose tokens the caller may make. */
  readonly impersonate: string | null;
};

export interface CredentialSettings {
  readonly keyFile: string | null;
  readonly impersonate: string | null;
  readonly anonymous: boolean;
}

export const DEFAULT_ENDPOINT = 'https://storage.googleapis.com';

/** Variables that other tools for Google Cloud read a ready token from, too. */
const TOKEN_VARIABLES = ['MEDIACTL_ACCESS_TOKEN', 'CLOUDSDK_AUTH_ACCESS_TOKEN', 'GOOGLE_OAUTH_ACCESS_TOKEN'];

/**
 * What was asked for explicitly, else a token of the environment, else what Google's tools find by themselves
 * (GOOGLE_APPLICATION_CREDENTIALS, gcloud's login, the machine's service account). An emulator named in
 * STORAGE_EMULATOR_HOST is asked without any. Throws MediactlError usage.
 */
export function chooseCredentials(
  { keyFile, impersonate, anonymous }: CredentialSettings,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  if (anonymous && (keyFile !== null || impersonate !== null)) {
    throw new MediactlError('usage', 'anonymous access cannot be combined with a key file or impersonation', {
      hint: 'leave out one of them',
    });
  }
  if (anonymous) return { kind: 'anonymous', impersonate };
  if (keyFile !== null) return { kind: 'key-file', path: keyFile, impersonate };
  const tokens = TOKEN_VARIABLES.map((variable) => ({ variable, token: env[variable]?.trim() ?? '' }));
  const found = tokens.find(({ token }) => token !== '');
  if (found) return { kind: 'access-token', token: found.token, variable: found.variable, impersonate };
  const emulated = (env['STORAGE_EMULATOR_HOST'] ?? '') !== '' && impersonate === null;
  return { kind: emulated ? 'anonymous' : 'application-default', impersonate };
}

/**
 * Scheme, host and port of the API, without a slash at the end. Without a scheme https is meant, and http by
 * STORAGE_EMULATOR_HOST, as Google's libraries have it. Throws MediactlError usage, also when credentials would cross the
 * network readable by all.
 */
export function chooseEndpoint(
  endpoint: string | null,
  credentials: Credentials,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const emulator = env['STORAGE_EMULATOR_HOST'] ?? '';
  const text = endpoint ?? (emulator === '' ? DEFAULT_ENDPOINT : emulator);
  const scheme = endpoint === null ? 'http' : 'https';
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${scheme}://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '') {
    // Not repeated when it may carry a password.
    const shown = text.includes('@') ? '' : `: ${printable(JSON.stringify(text))}`;
    throw new MediactlError('usage', `not an API endpoint${shown}`, {
      hint: 'write it like https://storage.googleapis.com or http://localhost:4443',
    });
  }
  if (!API_PATHS.test(url.pathname)) {
    throw new MediactlError(
      'usage',
      `the API of ${url.host} is asked below its root, not below ${printable(url.pathname)}`,
      {
        reason: 'requests would go elsewhere than was said',
        hint: `leave the path out: ${url.origin}`,
      },
    );
  }
  if (url.protocol === 'http:' && credentials.kind !== 'anonymous' && !isLoopback(url.hostname)) {
    throw new MediactlError('usage', `credentials would be sent unencrypted to ${url.host}`, {
      hint: 'use https, or anonymous access',
    });
  }
  return url.origin;
}

/** None, or that of the API itself, which other tools want to be told and mediactl adds. */
const API_PATHS = /^\/(storage\/v1\/?)?$/;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
