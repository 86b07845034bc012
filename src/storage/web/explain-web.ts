import { MediactlError, type ErrorCode } from '../../errors.js';
import { printable } from '../../model/text.js';
import { ApiFailure, askedToWait, isCertificateTrouble } from '../http/failure.js';
import { TransportError } from '../http/transport-error.js';
import { VersionGone } from '../remote-file/pinned.js';
import { GaveUp, triedOften } from '../retry.js';
import { PRIVATE_CODE, Refused } from './client.js';

/** A failure to read from the web as the user should read it. `name`: without query, user and password. */
export function explainWeb(error: unknown, name: string): unknown {
  const [last, often] = error instanceof GaveUp ? [error.cause, triedOften(error)] : [error, ''];
  if (last instanceof VersionGone) {
    return new MediactlError('source-changed', `${printable(name)} changed while it was being read`, {
      reason: last.message,
      hint: 'run the same command again once nothing writes to it any more',
    });
  }
  const known = knownWeb(last);
  if (known === null) return error;
  const [code, reason, hint] = known;
  return new MediactlError(code, `could not read ${printable(name)}`, {
    reason: printable(`${reason}${often}${askedToWait(last)}`),
    hint,
  });
}

type Known = readonly [code: ErrorCode, reason: string, hint: string];

function knownWeb(error: unknown): Known | null {
  if (error instanceof Refused) return refused(error.message);
  if (error instanceof ApiFailure) return ofAnswer(error);
  if (!(error instanceof TransportError)) return null;
  if (error.code === PRIVATE_CODE) return refused(error.message);
  if (isCertificateTrouble(error.code)) {
    const reason = `its certificate is not trusted: ${error.message}`;
    return ['storage-unavailable', reason, 'NODE_EXTRA_CA_CERTS names certificates of your own to trust'];
  }
  return ['storage-unavailable', error.message, 'check the address and the network, and run the same command again'];
}

function refused(reason: string): Known {
  return ['input-forbidden', reason, 'give the address of the file itself, if you trust it'];
}

function ofAnswer({ status }: ApiFailure): Known {
  // What the page says is not repeated: it may be anything, and long.
  const said = `the server answered ${status}`;
  if (status === 404 || status === 410) return ['input-not-found', said, 'check the address'];
  if (status === 401) return ['storage-auth', said, 'it requires a user and password: https://user:password@host/…'];
  if (status === 403) {
    return ['storage-forbidden', said, 'check that you may read it, and that a signed address has not expired'];
  }
  if (status === 408 || status === 429 || status >= 500) {
    return ['storage-unavailable', said, 'wait a little and run the same command again'];
  }
  return ['storage-rejected', said, 'check the address'];
}
