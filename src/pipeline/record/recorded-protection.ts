import { z } from 'zod';
import type { TitleRecord } from '../../model/artifact.js';
import { DRM_SYSTEMS, type DrmSystem, type ProtectionScheme } from '../../model/protection.js';

const protectedPlan = z.object({
  packaging: z.array(
    z.object({
      protection: z.object({ scheme: z.enum(['cenc', 'cbcs']), systems: z.array(z.enum(DRM_SYSTEMS)) }).nullable(),
    }),
  ),
});

/** How a title is encrypted, by its record; null: it is clear, as all titles of plans that say nothing of it are. */
export function recordedProtection({
  plan,
}: Pick<TitleRecord, 'plan'>): { readonly scheme: ProtectionScheme; readonly systems: readonly DrmSystem[] } | null {
  const { data } = protectedPlan.safeParse(plan);
  return data?.packaging.find(({ protection }) => protection !== null)?.protection ?? null;
}
