import { z } from 'zod';
import { POLICIES, POLICY_PRESETS, type LicensePolicy, type LicenseToken } from '../../model/license.js';

const name = z.string().min(1).max(200);
const bound = z.int().min(1).max(1000);
const seconds = z
  .int()
  .min(1)
  .max(10 * 366 * 86_400);
const moment = z.number().min(0).max(1e11);

/** 32 hex digits, with dashes or without. */
const kid = z
  .string()
  .transform((value) => value.replaceAll('-', '').toLowerCase())
  .refine((value) => /^[0-9a-f]{32}$/.test(value));
const kids = z.array(kid).min(1).max(1000);

const policy = z.union([
  z.enum(POLICY_PRESETS),
  z.strictObject({
    preset: z.enum(POLICY_PRESETS),
    start_s: seconds.optional(),
    playback_s: seconds.optional(),
    valid_s: seconds.optional(),
  }),
]);

/** The claims of a token (docs/licence-server.md). Those that are not known are somebody else's, and passed over. */
export const claims = z
  .looseObject({
    exp: moment,
    iat: moment.optional(),
    nbf: moment.optional(),
    sub: name.optional(),
    jti: name.optional(),
    title: z.string().min(1).max(1000).optional(),
    kids: kids.optional(),
    // As DASH-IF's example has it.
    authorized_kids: kids.optional(),
    policy: policy.default('stream'),
    max_height: z.int().min(1).max(100_000).optional(),
    devices: bound.optional(),
    streams: bound.optional(),
    uses: bound.optional(),
    device: name.optional(),
  })
  .transform((value, context): LicenseToken => {
    const token = tokenOf(value);
    const missing = whatIsMissing(token);
    if (missing !== null) context.addIssue({ code: 'custom', message: missing });
    return token;
  });

type Claims = {
  readonly [Key in 'exp' | 'iat' | 'nbf' | 'max_height' | 'devices' | 'streams' | 'uses']?: number | undefined;
} & { readonly [Key in 'sub' | 'jti' | 'title' | 'device']?: string | undefined } & {
  readonly exp: number;
  readonly kids?: readonly string[] | undefined;
  readonly authorized_kids?: readonly string[] | undefined;
  readonly policy: z.infer<typeof policy>;
};

function tokenOf(given: Claims): LicenseToken {
  const issued = given.iat ?? given.nbf;
  return {
    title: given.title ?? null,
    kids: given.kids ?? given.authorized_kids ?? null,
    who: given.sub ?? given.jti ?? null,
    id: given.jti ?? null,
    issuedMs: issued === undefined ? null : issued * 1000,
    expiresMs: given.exp * 1000,
    policy: policyOf(given.policy),
    maxHeight: given.max_height ?? null,
    devices: given.devices ?? null,
    streams: given.streams ?? null,
    uses: given.uses ?? null,
    device: given.device ?? null,
  };
}

function policyOf(given: Claims['policy']): LicensePolicy {
  if (typeof given === 'string') return POLICIES[given];
  const preset = POLICIES[given.preset];
  return {
    preset: preset.preset,
    persistent: preset.persistent,
    startSeconds: given.start_s ?? preset.startSeconds,
    playSeconds: given.playback_s ?? preset.playSeconds,
    validSeconds: given.valid_s ?? preset.validSeconds,
  };
}

/** A bound that could not be kept is no bound: such a token is refused, and not taken for one without. */
function whatIsMissing({ title, kids: named, who, id, issuedMs, policy: rules, devices, streams, uses }: LicenseToken) {
  if ((title === null) === (named === null)) return 'either title or kids is needed';
  const isTimed = rules.startSeconds !== null || rules.validSeconds !== null;
  if (isTimed && issuedMs === null) return `${rules.preset} needs iat`;
  if (rules.playSeconds !== null && who === null) return `${rules.preset} needs jti or sub`;
  if ((devices !== null || streams !== null) && who === null) return 'devices and streams need sub or jti';
  return uses !== null && id === null ? 'uses needs jti' : null;
}
