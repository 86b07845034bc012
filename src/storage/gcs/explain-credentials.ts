import type { ErrorCode } from '../../errors.js';
import type { CredentialsFailure } from './failure.js';
import type { Who } from './who.js';

/** Why something failed, as the user should read it. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

/** What to do when Google does not know who asks. */
export const SIGN_IN =
  'sign in with `gcloud auth application-default login`, or name a service account key with GOOGLE_APPLICATION_CREDENTIALS';

const KEY_FILE =
  'name with --key-file a key as `gcloud iam service-accounts keys create` writes it, of an account that still has it';

/** Why there is no token. A server of tokens that is down or out of reach says nothing about a key. */
export function explainNoToken({ message, retryable, kind }: CredentialsFailure, who: Who): Explanation {
  if (retryable) {
    const hint = 'check the network and HTTPS_PROXY, then run the same command again: the credentials may well be good';
    return { code: 'storage-unavailable', reason: `no token for ${who.text}: ${message}`, hint };
  }
  const code = 'storage-auth';
  if (/short-lived token|\biat\b|\bexp\b.*(claim|time)/i.test(message)) {
    const hint = 'set the clock of this machine: what proves an identity is dated by it';
    return { code, reason: `no token for ${who.text}: ${message}`, hint };
  }
  const permission = /iam\.serviceAccounts\.getAccessToken/.test(message);
  if (permission && who.account !== null) {
    const hint = `gcloud iam service-accounts add-iam-policy-binding ${who.account} --member=ACCOUNT --role=roles/iam.serviceAccountTokenCreator`;
    return { code, reason: `no token for ${who.text}: ${message}`, hint };
  }
  const known = who.kind === 'service-account' || who.kind === 'user' || who.kind === 'machine';
  const hint = known ? renewHint(who) : kind === 'key-file' ? KEY_FILE : SIGN_IN;
  return { code, reason: known ? `no token for ${who.text}: ${message}` : message, hint };
}

/** What to do when the service does not accept a token (401). */
export function renewHint({ kind, text, account }: Who): string {
  switch (kind) {
    case 'nobody':
      return `requests send no credentials; ${SIGN_IN}`;
    case 'token':
      return `${text} has expired, or is none: take a new one from \`gcloud auth print-access-token\``;
    case 'user':
      return `sign in again with \`gcloud auth application-default login\`: ${text} is no longer accepted`;
    case 'service-account':
      return `see whether ${text} is enabled and still has that key: gcloud iam service-accounts keys list --iam-account=${account ?? 'ACCOUNT'}; or name another key with --key-file`;
    case 'machine':
      return `${text} gives no good token; ${SIGN_IN}`;
    case 'other':
      return SIGN_IN;
  }
}
