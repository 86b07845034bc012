import type { ContentKeys } from '../../model/content-keys.js';
import type { EncodePlan } from '../../model/plan.js';
import { openProtector, type Protector } from '../../stages/protect/protector.js';
import { findPackager } from '../../tools/packager/find.js';
import type { RunContext } from '../../tools/run-context.js';

/** What encrypts the title's segments; null: they stay clear. Throws MediactlError tool-…, keys-missing, output-not-writable. */
export async function protectorOf(
  plan: EncodePlan,
  keys: ContentKeys | null,
  { folder, stallSeconds }: { readonly folder: string; readonly stallSeconds: number },
  { tools, signal }: Pick<RunContext, 'tools' | 'signal'>,
): Promise<Protector | null> {
  if (keys === null) return null;
  const { program } = await findPackager(tools, signal);
  return openProtector({ plan, keys, program, folder, timeoutMs: stallSeconds * 1000, signal });
}
