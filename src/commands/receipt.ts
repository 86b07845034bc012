import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ResultEvent } from '../model/events.js';
import { asMediactlError } from '../tools/space.js';
import type { CommandContext } from './context.js';

/** `--receipt FILE`: every object of a title in a bucket with size, checksum, generation and headers. */
export async function writeReceipt({ output, objects }: ResultEvent, context: CommandContext): Promise<void> {
  if (context.settings.receipt === null || objects === undefined) return;
  const file = resolve(context.cwd, context.settings.receipt);
  const receipt = { schema: 'mediactl.receipt/1', destination: output, objects };
  await writeFile(file, `${JSON.stringify(receipt, null, 2)}\n`).catch((error: unknown) => {
    throw asMediactlError(error, file);
  });
}
