import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../credentials.js';
import type { TokenSource } from './identity.js';
import { watchRequests } from './library-requests.js';
import { whoByClient, type Who } from './who.js';

/** Buckets and their objects, and nothing else of a project. */
const SCOPES = ['https://www.googleapis.com/auth/devstorage.full_control'];

type Environment = Readonly<Record<string, string | undefined>>;

/** Tokens by Google's own libraries, which are loaded now. Throws what they throw. */
export async function googleTokens(
  credentials: Credentials,
  apiEndpoint: string,
  env: Environment,
): Promise<TokenSource> {
  const { Storage: Library } = await import('@google-cloud/storage');
  const { gaxios, Impersonated, OAuth2Client } = await import('google-auth-library');
  watchRequests(gaxios.Gaxios);
  // The library goes on without a word, and without a token, when the file is no JSON.
  if (credentials.kind === 'key-file') JSON.parse(await readFile(credentials.path, 'utf8'));
  const base = { apiEndpoint, retryOptions: { autoRetry: false } };
  const library = (): InstanceType<typeof Library> => {
    if (credentials.kind === 'key-file') return new Library({ ...base, keyFilename: credentials.path });
    if (credentials.kind !== 'access-token') return new Library(base);
    const client = new OAuth2Client();
    client.setCredentials({ access_token: credentials.token });
    return new Library({ ...base, authClient: client });
  };
  const { authClient } = library();
  const login = loginFile(env);
  // The library looks for gcloud's login in its usual folder only.
  authClient._tryGetApplicationCredentialsFromWellKnownFile = (options) =>
    existsSync(login) ? authClient._getApplicationCredentialsFromFilePath(login, options) : Promise.resolve(null);
  const clientOf = async (): ReturnType<typeof authClient.getClient> => {
    const sourceClient = await authClient.getClient();
    if (credentials.impersonate === null) return sourceClient;
    const targetPrincipal = credentials.impersonate;
    return new Impersonated({ sourceClient, targetPrincipal, targetScopes: SCOPES, lifetime: 3600 });
  };
  let client: ReturnType<typeof clientOf> | null = null;
  let who: Who | null = null;
  return {
    async getRequestHeaders() {
      client ??= clientOf();
      const known = await client;
      who ??= whoByClient(known, credentials, fileOf(credentials, env));
      return known.getRequestHeaders();
    },
    who: () => who,
  };
}

/** The file that credentials are read from; null: none. */
function fileOf(credentials: Credentials, env: Environment): string | null {
  if (credentials.kind === 'key-file') return credentials.path;
  if (credentials.kind !== 'application-default') return null;
  const named = env['GOOGLE_APPLICATION_CREDENTIALS'] ?? '';
  return named === '' ? loginFile(env) : named;
}

/** Where `gcloud auth application-default login` leaves its file: CLOUDSDK_CONFIG is gcloud's own variable for its folder. */
function loginFile(env: Environment): string {
  const { CLOUDSDK_CONFIG: config = '', APPDATA: appData = '', HOME: home = homedir() } = env;
  const usual = process.platform === 'win32' ? join(appData, 'gcloud') : join(home, '.config', 'gcloud');
  return join(config === '' ? usual : config, 'application_default_credentials.json');
}
