import { readFile } from 'node:fs/promises';
import type { Credentials } from '../credentials.js';
import type { TokenSource } from './identity.js';
import { watchRequests } from './library-requests.js';

/** Buckets and their objects, and nothing else of a project. */
const SCOPES = ['https://www.googleapis.com/auth/devstorage.full_control'];

/** Tokens by Google's own libraries, which are loaded now. Throws what they throw. */
export async function googleTokens(credentials: Credentials, apiEndpoint: string): Promise<TokenSource> {
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
  if (credentials.impersonate === null) return authClient;
  return new Impersonated({
    sourceClient: await authClient.getClient(),
    targetPrincipal: credentials.impersonate,
    targetScopes: SCOPES,
    lifetime: 3600,
  });
}
