import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { SourceIdentity } from '../../model/media.js';
import { shellQuote } from '../../model/text.js';
import { chooseCredentials } from '../../storage/credentials.js';
import { Blocks } from '../../storage/remote-file/blocks.js';
import { fileNameOf, showWeb, type RemoteLocation } from '../../storage/remote-file/input-location.js';
import type { Pinned } from '../../storage/remote-file/pinned.js';
import { startRelay } from '../../storage/remote-file/relay.js';
import { localAddress } from '../../tools/input-safety.js';
import type { RunContext } from '../../tools/run-context.js';
import { freeBytes } from '../../tools/space.js';
import { tellRetries } from '../tell-retries.js';
import { keepOrFetch } from './cache-source.js';
import type { SourceSettings, TitleSource } from './title-source.js';

/**
 * An object of a bucket, or a file on the web, as a title's source: read by ranges through a relay while it is encoded.
 * Throws MediactlError usage, disk-full, input-not-found, input-forbidden, storage-….
 */
export async function openRemoteSource(
  location: RemoteLocation,
  settings: SourceSettings,
  run: RunContext,
): Promise<TitleSource> {
  const ended = new AbortController();
  const signal = AbortSignal.any([run.signal, ended.signal]);
  const pinned = await pin(location, settings, { ...run, signal });
  const failed = new AbortController();
  const blocks = new Blocks(pinned);
  const relay = await startRelay(blocks, {
    extension: extensionOf(pinned.name),
    onFailure: (error) => {
      if (!signal.aborted) failed.abort(error);
    },
  });
  return {
    identity: identityOf(pinned),
    address: relay.address,
    distant: true,
    name: pinned.name,
    failed: failed.signal,
    read: (offset, length) => blocks.read(offset, length),
    get hasWrongBytes() {
      return blocks.hasWrongBytes;
    },
    prepare: (folder, plan, schedule) =>
      keepOrFetch(blocks, folder, { plan, schedule, fetch: settings.work.fetch }, { ...run, signal }),
    release: () => blocks.close(),
    async check(failure) {
      failed.signal.throwIfAborted();
      if (failure !== undefined) throwTrouble(pinned, failure);
      await pinned.check();
      blocks.checkSums();
    },
    forPasting: (cwd) => forPasting(location, pinned, cwd),
    async close() {
      ended.abort(new Error('the source is closed'));
      await relay.close();
      await blocks.close();
      pinned.close();
    },
  };
}

async function pin(
  location: RemoteLocation,
  { access }: SourceSettings,
  { env, signal, emit }: RunContext,
): Promise<Pinned> {
  if (location.kind === 'web') {
    if (!access.allowHttp) throw notAllowed(location.url);
    const { pinWeb } = await import('../../storage/web/pin-web.js');
    const onWhole = (): void => emit({ type: 'stage', stage: 'fetch' });
    return pinWeb(location.url, { env, signal, freeBytes, onWhole, onEvent: tellRetries(emit) });
  }
  const { endpoint, userProject } = access;
  const credentials = chooseCredentials(access, env);
  const { openObject } = await import('../../storage/gcs/open-gcs.js');
  const onEvent = tellRetries(emit);
  return openObject(location.bucket, location.object, { credentials, endpoint, userProject, env, signal, onEvent });
}

function notAllowed(url: URL): MediactlError {
  return new MediactlError('input-forbidden', `${showWeb(url)} is on the web`, {
    reason: 'mediactl reads from the web only if you allow it',
    hint: 'add --allow-http if you trust the address, or download the file first',
  });
}

/** A network that gives nothing makes FFmpeg stand still: the cause is told, not the effect. */
function throwTrouble(pinned: Pinned, failure: unknown): void {
  const stalled = failure instanceof MediactlError && failure.code === 'encode-stalled';
  const trouble = stalled ? pinned.trouble() : null;
  if (trouble !== null) throw trouble;
}

/** The same version of the same bytes is the same source, whatever it is called. */
function identityOf({ name, bytes, crc32c, version, modifiedMs }: Pinned): SourceIdentity {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([bytes, crc32c, version]))
    .digest('hex');
  const known = { path: name, absolutePath: name, bytes, modifiedMs, fingerprint, version };
  return crc32c === null ? known : { ...known, crc32c };
}

/** Commands to paste read a copy: the relay is there only while mediactl runs. What is secret in an address is left out. */
function forPasting(
  location: RemoteLocation,
  { name, version }: Pinned,
  cwd: string,
): ReturnType<TitleSource['forPasting']> {
  const file = fileNameOf(location);
  const download =
    location.kind === 'gcs'
      ? ['gcloud', 'storage', 'cp', `${name}#${version}`, `./${file}`]
      : ['curl', '--fail', '--location', '--output', `./${file}`, name];
  return { address: localAddress(join(cwd, file)), download: download.map(shellQuote).join(' ') };
}

function extensionOf(name: string): string {
  return /\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? '';
}
