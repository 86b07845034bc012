/** How long and how often a viewer may play, as a word that a token names. */
export const POLICY_PRESETS = ['stream', 'rental', 'persistent', 'premium'] as const;

export type PolicyPreset = (typeof POLICY_PRESETS)[number];

/** Seconds; null: no such bound. The token's own expiry (`exp`) holds in any case. */
export interface LicensePolicy {
  readonly preset: PolicyPreset;
  /** Licences that a player keeps, to play without a network. */
  readonly persistent: boolean;
  /** The first licence must be asked for within so long after the token was issued. */
  readonly startSeconds: number | null;
  /** Further ones, within so long after the first. */
  readonly playSeconds: number | null;
  /** All of them, within so long after the token was issued. */
  readonly validSeconds: number | null;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** What the words mean. */
export const POLICIES: Readonly<Record<PolicyPreset, LicensePolicy>> = {
  stream: { preset: 'stream', persistent: false, startSeconds: null, playSeconds: null, validSeconds: null },
  rental: { preset: 'rental', persistent: false, startSeconds: 48 * HOUR, playSeconds: 6 * HOUR, validSeconds: null },
  persistent: { preset: 'persistent', persistent: true, startSeconds: null, playSeconds: null, validSeconds: 30 * DAY },
  premium: { preset: 'premium', persistent: true, startSeconds: null, playSeconds: null, validSeconds: null },
};

/** What a token says, once its signature and its times have been checked. */
export interface LicenseToken {
  /** Which title's keys; null: those that `kids` names. */
  readonly title: string | null;
  /** 32 hex digits each. */
  readonly kids: readonly string[] | null;
  /** Whose devices and streams are counted (`sub`, else `jti`); null: nobody's. */
  readonly who: string | null;
  /** Its own name (`jti`). */
  readonly id: string | null;
  /** When it was issued (`iat`, else `nbf`), milliseconds since 1970; null: it does not say. */
  readonly issuedMs: number | null;
  readonly expiresMs: number;
  readonly policy: LicensePolicy;
  /** Largest picture, pixels of its short side. */
  readonly maxHeight: number | null;
  /** So many devices of `who` may have licences. */
  readonly devices: number | null;
  /** So many of them at once. */
  readonly streams: number | null;
  /** So many licences are given for this token. */
  readonly uses: number | null;
  /** The only device that may use it; null: that which asks names itself. */
  readonly device: string | null;
}

/** A ClearKey request, or the release of a licence. https://www.w3.org/TR/encrypted-media/#clear-key */
export interface LicenseRequest {
  /** 32 hex digits each. */
  readonly kids: readonly string[];
  /** Null: a release. */
  readonly type: 'temporary' | 'persistent-license' | null;
}

/** Why no licence is given. Stable: in answers and in the log. */
export type RefusalCode = keyof typeof REFUSALS;

/** A type of problem that DASH-IF names: Guidelines, Security, licence request model. */
const PROOF = 'https://dashif.org/drm-problems/insufficient-proof-of-authorization';
const RIGHT = 'https://dashif.org/drm-problems/not-authorized';

interface RefusalText {
  readonly status: 400 | 401 | 403 | 429;
  readonly type: string;
  readonly title: string;
  /** For the viewer. */
  readonly detail: string;
}

/** What is answered. A refusal never says which KIDs there are. */
export const REFUSALS = {
  malformed: refusal(
    400,
    'about:blank',
    'this is no licence request',
    'The player has asked for a licence in a form that is not known.',
  ),
  'token-missing': refusal(401, PROOF, 'a token is needed', 'Please sign in to watch this.'),
  'token-invalid': refusal(401, PROOF, 'the token is not valid', 'Please sign in again to watch this.'),
  'token-early': refusal(401, PROOF, 'the token is not valid yet', 'This cannot be watched yet.'),
  'token-expired': refusal(401, PROOF, 'the token has expired', 'Your session has ended. Please reload the page.'),
  'not-entitled': refusal(403, RIGHT, 'not entitled', 'This is not part of what you may watch.'),
  'not-persistent': refusal(403, RIGHT, 'no licence to keep', 'This may be watched online only.'),
  'time-over': refusal(403, RIGHT, 'the time is over', 'The time in which this could be watched is over.'),
  'used-up': refusal(403, RIGHT, 'the token is used up', 'This link has been used already. Please reload the page.'),
  'device-missing': refusal(
    403,
    PROOF,
    'the device does not say who it is',
    'This player does not say which device it is.',
  ),
  'too-many-devices': refusal(
    403,
    RIGHT,
    'too many devices',
    'Too many devices are in use. Please use one of those, or ask for help.',
  ),
  'too-many-streams': refusal(
    403,
    RIGHT,
    'too many streams',
    'Too many devices are playing. Please stop one of them first.',
  ),
  'too-often': refusal(429, 'about:blank', 'too many requests', 'Please wait a moment and try again.'),
} as const;

function refusal(status: RefusalText['status'], type: string, title: string, detail: string): RefusalText {
  return { status, type, title, detail };
}
