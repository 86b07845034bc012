import { once } from 'node:events';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hasErrorCode, MediactlError } from '../errors.js';
import type { PlaybackReport } from '../model/playback.js';
import { printable } from '../model/text.js';
import { startBeacon, type Beacon } from '../serve/beacon.js';
import { ownNames } from '../serve/host-guard.js';
import { Link } from '../serve/link.js';
import { startPlayServer, type PlayServer, type PlayServerOptions } from '../serve/play-server.js';
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
  const source = await openPlaySource(where, context);
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
    config: { title: source.title, manifests: source.manifests, figures: true },
    onReports,
    onTrouble: (error) => emit({ type: 'warning', code: 'title-unreadable', message: troubleText(error) }),
  });
  try {
    const address = `http://${addressFor(host)}:${server.port}/`;
    const format = source.manifests[0]?.format ?? 'hls';
    emit({ type: 'serving', address, source: where, format, exposedAt: addressesOf(host, server.port) });
    if (open) await openBrowser(address, { platform: process.platform, env });
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  } finally {
    await server.close();
    await source.media?.close();
    await beacon?.close(LAST_BEACON_MS);
  }
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

function cannotListen(host: string, port: number | null, error: unknown): unknown {
  const at = port === null ? printable(host) : `${printable(host)}, port ${port}`;
  if (hasErrorCode(error, 'EADDRINUSE')) {
    return new MediactlError('usage', `cannot serve at ${at}`, {
      reason: 'another program is using this port',
      hint: 'choose another --port, or none: then any that is free is taken',
      cause: error,
    });
  }
  if (hasErrorCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EINVAL')) {
    const reason = hasErrorCode(error, 'EACCES')
      ? 'it takes more rights to use this port'
      : 'this machine has no such address';
    return new MediactlError('usage', `cannot serve at ${at}`, {
      reason,
      hint: 'leave out --host and --port: then it is served to this machine only, at a free port',
      cause: error,
    });
  }
  return error;
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** For a browser on this machine. */
function addressFor(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Where other machines find it. */
function addressesOf(host: string, port: number): readonly string[] {
  if (isLoopback(host)) return [];
  if (host !== '0.0.0.0' && host !== '::') return [`http://${addressFor(host)}:${port}/`];
  const numbers = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const others = numbers.filter(({ internal, family }) => !internal && family === 'IPv4');
  return others.map(({ address }) => `http://${address}:${port}/`);
}
