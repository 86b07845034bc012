import { basename } from 'node:path';
import type { Credentials } from '../credentials.js';

/** Whose credentials are in use, for messages: where they are from, and never what is in them. */
export interface Who {
  readonly kind: 'nobody' | 'token' | 'service-account' | 'user' | 'machine' | 'other';
  /** "the service account sa@p.iam.gserviceaccount.com (key.json)" */
  readonly text: string;
  /** The service account's address; null: it is none, or not known. */
  readonly account: string | null;
}

/** As far as it is known before anything is read or asked. */
export function whoByChoice(credentials: Credentials): Who {
  const { kind, impersonate } = credentials;
  if (impersonate !== null) return impersonated(impersonate, whoByChoice({ ...credentials, impersonate: null }));
  switch (kind) {
    case 'anonymous':
      return { kind: 'nobody', text: 'nobody (no credentials)', account: null };
    case 'access-token':
      return { kind: 'token', text: `the token in ${credentials.variable ?? 'the environment'}`, account: null };
    case 'key-file':
      return { kind: 'other', text: `the key file ${basename(credentials.path)}`, account: null };
    case 'application-default':
      return { kind: 'other', text: 'the application default credentials', account: null };
  }
}

/** What Google's library has made of credentials. */
export interface LibraryClient {
  readonly constructor: { readonly name: string };
}

/**
 * By what the library made of them. `file`: the one they were read from; null: none, or not known. By the names of its
 * classes, which are its API: there may be two copies of it.
 */
export function whoByClient(client: LibraryClient, credentials: Credentials, file: string | null): Who {
  const from = file === null ? '' : ` (${basename(file)})`;
  switch (client.constructor.name) {
    case 'JWT': {
      const email = textOf(client, 'email');
      if (email === null) return whoByChoice(credentials);
      return { kind: 'service-account', text: `the service account ${email}${from}`, account: email };
    }
    case 'UserRefreshClient':
    case 'ExternalAccountAuthorizedUserClient':
      return { kind: 'user', text: `the user who signed in with gcloud${from}`, account: null };
    case 'Compute':
      return { kind: 'machine', text: "this machine's service account (metadata server)", account: null };
    case 'Impersonated': {
      const target = textOf(client, 'targetPrincipal') ?? credentials.impersonate;
      const { impersonate } = credentials;
      const source = impersonate === null ? null : whoByChoice({ ...credentials, impersonate: null });
      return target === null ? whoByChoice(credentials) : impersonated(target, source);
    }
    case 'IdentityPoolClient':
    case 'AwsClient':
    case 'PluggableAuthClient':
      return { kind: 'other', text: `the workload identity${from}`, account: null };
    default:
      return whoByChoice(credentials);
  }
}

function impersonated(account: string, by: Who | null): Who {
  const text = `the service account ${account}, impersonated${by === null ? '' : ` by ${by.text}`}`;
  return { kind: 'service-account', text, account };
}

function textOf(client: LibraryClient, key: string): string | null {
  const value: unknown = Object.entries(client).find(([name]) => name === key)?.[1];
  return typeof value === 'string' && value !== '' ? value : null;
}
