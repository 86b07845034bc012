import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { MediactlError } from '../errors.js';
import type { SourceIdentity } from '../model/media.js';
import { shellQuote } from '../model/text.js';
import { chooseCredentials } from '../storage/credentials.js';
import { openObject } from '../storage/gcs.js';
import { Blocks } from '../storage/source/blocks.js';
import type { RemoteLocation } from '../storage/source/input-location.js';
import type { Pinned } from '../storage/source/pinned.js';
import { startRelay } from '../storage/source/relay.js';
import { localAddress } from '../tools/input-safety.js';
import type { SourceRequest, TitleSource } from './source.js';

/**
 * An object of a bucket as a title's source, read by ranges through a relay while it is encoded.
 * Throws MediactlError usage, input-not-found, input-forbidden, storage-….
 */
export async function openRemoteSource(location: RemoteLocation, request: SourceRequest): Promise<TitleSource> {
  const ended = new AbortController();
  const signal = AbortSignal.any([request.signal, ended.signal]);
  const pinned = await pin(location, { ...request, signal });
  const failed = new AbortController();
  const fail = (error: unknown): void => {
    if (!signal.aborted) failed.abort(error);
  };
  const blocks = new Blocks(pinned);
  const relay = await startRelay(blocks, { extension: extensionOf(pinned.name), onFailure: fail });
  return {
    identity: identityOf(pinned),
    address: relay.address,
    distant: true,
    name: pinned.name,
    namesake: fileNameOf(pinned.name),
    failed: failed.signal,
    read: (offset, length) => blocks.read(offset, length),
    async check() {
      failed.signal.throwIfAborted();
      await pinned.check();
      blocks.checkSums();
    },
    byHand(cwd) {
      const file = fileNameOf(pinned.name);
      const download = ['gcloud', 'storage', 'cp', `${pinned.name}#${pinned.version}`, `./${file}`];
      return { address: localAddress(posix.join(cwd, file)), download: download.map(shellQuote).join(' ') };
    },
    async close() {
      ended.abort(new Error('the source is closed'));
      pinned.close();
      await relay.close();
    },
  };
}

async function pin(location: RemoteLocation, { settings, env, signal }: SourceRequest): Promise<Pinned> {
  if (location.kind === 'web') throw notFromTheWeb();
  const { endpoint, userProject } = settings;
  const credentials = chooseCredentials(settings, env);
  return openObject(location.bucket, location.object, { credentials, endpoint, userProject, env, signal, jobs: 16 });
}

function notFromTheWeb(): MediactlError {
  return new MediactlError('input-forbidden', 'mediactl does not read from the web', { hint: 'download it first' });
}

/** The same version of the same bytes is the same source, whatever it is called. */
function identityOf({ name, bytes, crc32c, version, modifiedMs }: Pinned): SourceIdentity {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([bytes, crc32c, version]))
    .digest('hex');
  return { path: name, absolutePath: name, bytes, modifiedMs, fingerprint };
}

/** A name for a file of this machine: the last part, without what a path could be made of. */
function fileNameOf(name: string): string {
  // eslint-disable-next-line no-control-regex
  const last = name.replace(/[\u0000-\u001f\u007f\\]/g, '_').replace(/^.*\//, '');
  return /^\.*$/.test(last) ? 'source' : last;
}

function extensionOf(name: string): string {
  return /\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? '';
}
