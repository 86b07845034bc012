import { z } from 'zod';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { LicenseRequest } from '../../model/license.js';

/** 16 bytes in base64url, without padding as W3C has it, or with it. */
const kid = z
  .string()
  .regex(/^[\w-]{22}(==)?$/)
  .transform((value) => Buffer.from(value, 'base64url').toString('hex'));

const request = z.object({
  kids: z.array(kid).max(64),
  type: z.enum(['temporary', 'persistent-license']).optional(),
});

/** A ClearKey request, or a release, which has no type (W3C EME, "License Release Format"); null: it is neither. */
export function parseLicenseRequest(body: Buffer): LicenseRequest | null {
  const { data } = request.safeParse(parseJsonOrUndefined(body.toString('utf8')));
  if (data === undefined || (data.type !== undefined && data.kids.length === 0)) return null;
  return { kids: data.kids, type: data.type ?? null };
}
