import { resolve } from 'node:path';
import { asWriteError } from '../errors/disk.js';
import { createCollector } from '../serve/collector/collector.js';
import { KEPT_PREFIX } from '../serve/collector/kept-report.js';
import { RotatedFiles } from '../serve/http/rotated-files.js';
import type { CommandContext } from './context.js';
import { openService, serveUntilStopped } from './service.js';

const USUAL_PORT = 8124;
const PATH = 'reports';

/**
 * `mediactl beacon serve DIR`: takes what players report until the run is told to stop, and then throws the reason. Throws
 * MediactlError usage, output-…, disk-full, input-unreadable.
 */
export async function beaconServe(folder: string, context: CommandContext): Promise<never> {
  const { settings, signal, emit, cwd } = context;
  const path = resolve(cwd, folder);
  const today = Date.now;
  const files = new RotatedFiles({ folder: path, prefix: KEPT_PREFIX, rotateAt: settings.service.rotateAt, today });
  await files.prepare().catch((error: unknown) => {
    throw asWriteError(error, folder);
  });
  const onTrouble = (error: unknown): void => {
    const { message } = asWriteError(error, folder);
    emit({ type: 'warning', code: 'reports-not-kept', message: `reports could not be kept: ${message}` });
  };
  const { keepAddresses } = settings.service;
  const keep = (lines: string): Promise<void> => files.append(lines);
  const service = await openService(
    {
      service: 'beacon',
      usualPort: USUAL_PORT,
      path: PATH,
      routes: (registry) => ({ [`/${PATH}`]: createCollector({ registry, keepAddresses, today, keep, onTrouble }) }),
      onTrouble,
    },
    context,
  );
  try {
    return await serveUntilStopped(service, signal);
  } finally {
    await files.close();
  }
}
