import { once } from 'node:events';
import { resolve } from 'node:path';
import { hasErrorCode, MediactlError } from '../errors.js';
import type { ContentKeys } from '../model/content-keys.js';
import type { PageManifest, PlaybackReport } from '../model/playback.js';
import { CLEARKEY_MPD_NAME, MPD_NAME } from '../model/title-files.js';
import { startBeacon, type Beacon } from '../serve/beacon.js';
import { ownNames } from '../serve/host-guard.js';
import { cannotListen, exposedAddresses, hostFor, isLoopback } from '../serve/http/addresses.js';
import { Link } from '../serve/link.js';
import { startPlayServer, type PlayServer, type PlayServerOptions } from '../serve/play-server.js';
import { readKeysFile } from '../tools/drm/keys-file.js';
import { openBrowser } from '../tools/open-browser.js';
import type { CommandContext } from './context.js';
import { openPlaySource } from './play-source.js';

const USUAL_PORT = 8123;
/** What is left to be sent at the end may take so long. */
const LAST_BEACON_MS = 3000;

/**
 * `mediactl play`: serves a title and a page that plays it until the run is told to stop, and then throws the reason.
 * Throws MediactlError usage, input-…, storage-….
 */
export async function playCommand(where: string, context: CommandContext): Promise<void> {
  const { settings, signal, emit, env } = context;
  const { host, throttle, allowOrigin, open } = settings.play;
  const keys = await keysFor(context);
  const source = await openPlaySource(where, context);
  const manifests = keys ? forClearKey(source.manifests) : source.manifests;
  const beacon = beaconFor(context);
  const onReports = (reports: readonly PlaybackReport[]): void => {
    for (const report of reports) emit({ type: 'playback', ...report });
    beacon?.send(reports);
  };
  const server = await listen(context, {
    host,
    names: isLoopback(host) ? [] : ownNames(host),
    allowedOrigin: allowOrigin,
    media: source.media,
    link: new Link(throttle),
    config: { title: source.title, manifests, figures: true },
    keys: keys?.keys ?? null,
    onReports,
    onTrouble: (error) => emit({ type: 'warning', code: 'title-unreadable', message: troubleText(error) }),
  });
  try {
    const address = `http://${hostFor(host)}:${server.port}/`;
    const format = manifests[0]?.format ?? 'hls';
    emit({ type: 'serving', address, source: where, format, exposedAt: exposedAddresses('http', host, server.port) });
    if (open) await openBrowser(address, { platform: process.platform, env });
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  } finally {
    await server.close();
    await source.media?.close();
    await beacon?.close(LAST_BEACON_MS);
  }
}

/** Those of --keys; null without. Throws MediactlError usage where other machines could ask for them, and keys-…. */
async function keysFor({ settings, cwd }: CommandContext): Promise<ContentKeys | null> {
  const { keys } = settings.access;
  if (keys === null) return null;
  if (isLoopback(settings.play.host) && settings.play.allowOrigin === null) return readKeysFile(resolve(cwd, keys));
  throw new MediactlError('usage', '--keys does not go with --host and --allow-origin', {
    reason: 'this server gives the keys to everybody who can ask it',
    hint: 'for other machines start "mediactl license serve", which asks for tokens',
  });
}

/** The manifest that tells players of Clear Key takes the place of the other. */
function forClearKey(manifests: readonly PageManifest[]): readonly PageManifest[] {
  const isOne = ({ url }: PageManifest, name: string): boolean => url.split('/').at(-1) === name;
  if (!manifests.some((one) => isOne(one, CLEARKEY_MPD_NAME))) return manifests;
  return manifests.filter((one) => !isOne(one, MPD_NAME));
}

async function listen(context: CommandContext, options: Omit<PlayServerOptions, 'port'>): Promise<PlayServer> {
  const { port } = context.settings.play;
  try {
    return await startPlayServer({ ...options, port: port ?? USUAL_PORT });
  } catch (error) {
    if (port === null && hasErrorCode(error, 'EADDRINUSE', 'EACCES')) {
      return startPlayServer({ ...options, port: 0 });
    }
    throw cannotListen(options.host, port, error);
  }
}

function beaconFor({ settings, env, emit }: CommandContext): Beacon | null {
  const url = settings.play.beacon;
  if (url === null) return null;
  const onLost = (reports: number, reason: string): void => {
    const message = `${reports} reports could not be sent to the beacon: ${reason}`;
    emit({ type: 'warning', code: 'beacon-failed', message });
  };
  return startBeacon({ url, env, onLost });
}

function troubleText(error: unknown): string {
  if (!(error instanceof MediactlError)) return `the title cannot be read: ${String(error)}`;
  return error.reason === null ? error.message : `${error.message}: ${error.reason}`;
}
