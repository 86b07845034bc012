import { once } from 'node:events';
import { MediactlError } from '../errors.js';
import type { ListeningEvent } from '../model/events.js';
import { cannotListen, exposedAddresses, hostFor, isLoopback } from '../serve/http/addresses.js';
import type { HttpServer } from '../serve/http/server.js';
import { startService, type ServiceOptions } from '../serve/http/service.js';
import { readTlsFiles } from '../serve/http/tls.js';
import type { CommandContext } from './context.js';

export interface ServiceParts {
  readonly service: ListeningEvent['service'];
  /** Where it listens unless --port says otherwise. */
  readonly usualPort: number;
  /** What is posted to, beyond the address: "reports". */
  readonly path: string;
  readonly routes: ServiceOptions['routes'];
  readonly onTrouble: ServiceOptions['onTrouble'];
}

/** Requests under way get so long to end. */
const GRACE_MS = 10_000;
const USUAL_RATE = 600;

/** Opens a service as the settings say. Throws MediactlError usage, input-unreadable. */
export async function openService(parts: ServiceParts, context: CommandContext): Promise<HttpServer> {
  const { play, service } = context.settings;
  const tls = await readTlsFiles(service.tlsCert, service.tlsKey);
  if (tls === null && !isLoopback(play.host) && !service.insecure) throw needsTls(play.host);
  const port = play.port ?? parts.usualPort;
  const options: ServiceOptions = {
    host: play.host,
    port,
    tls,
    rateLimit: service.rateLimit ?? USUAL_RATE,
    forwarded: service.forwarded,
    openMetrics: service.openMetrics,
    allowOrigin: play.allowOrigin ?? '*',
    routes: parts.routes,
    onTrouble: parts.onTrouble,
  };
  const opened = await startService(options).catch((error: unknown) => {
    throw cannotListen(play.host, port, error);
  });
  const scheme = tls === null ? 'http' : 'https';
  context.emit({
    type: 'listening',
    service: parts.service,
    address: `${scheme}://${hostFor(play.host)}:${opened.port}/${parts.path}`,
    exposedAt: exposedAddresses(scheme, play.host, opened.port).map((each) => `${each}${parts.path}`),
    encrypted: tls !== null,
  });
  return opened;
}

/** Until the run is told to stop; then requests under way end, and the reason is thrown. */
export async function serveUntilStopped(service: HttpServer, signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  await service.close(GRACE_MS);
  signal.throwIfAborted();
  throw new TypeError('the signal was aborted');
}

function needsTls(host: string): MediactlError {
  return new MediactlError(
    'usage',
    `${host} is for other machines, and plain HTTP can be read and changed on the way`,
    {
      hint: 'give --tls-cert and --tls-key; or, behind a proxy that does TLS or in a network that you trust, --insecure',
    },
  );
}
