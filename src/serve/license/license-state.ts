import type { LicenseToken, RefusalCode } from '../../model/license.js';

/** A line of the journal: what a licence has changed. Lines may be read in any order, and more than once. */
export interface StateChange {
  readonly v: 1;
  readonly who?: string;
  readonly device?: string;
  /** When `device` of `who` got its licence, or gave it back; milliseconds since 1970, as all here. */
  readonly at?: number;
  /** It counts as playing until then. */
  readonly until?: number;
  /** The first licence for what is played within a time. */
  readonly first?: { readonly key: string; readonly at: number; readonly expires: number };
  /** How many licences a token has given. */
  readonly used?: { readonly id: string; readonly count: number; readonly expires: number };
}

/** A device without a licence for so long no longer counts. */
const DEVICE_MS = 30 * 86_400_000;
/** A licence of ClearKey says nothing of the end of playback: a device counts as playing for so long, or until it releases. */
export const STREAM_MS = 4 * 3_600_000;

interface Device {
  at: number;
  until: number;
}

/** Who has how many devices and streams, when rentals began, how often tokens were used. */
export class LicenseState {
  readonly #devices = new Map<string, Map<string, Device>>();
  readonly #firsts = new Map<string, { at: number; expires: number }>();
  readonly #used = new Map<string, { count: number; expires: number }>();

  /**
   * Whether this token may have a licence for this device now; then that is counted at once, and given as what the journal is
   * to keep (null: nothing). Otherwise why not, and nothing is counted.
   */
  admit(token: LicenseToken, asking: string | null, nowMs: number): RefusalCode | StateChange | null {
    const device = token.device ?? asking;
    const isCounted = token.devices !== null || token.streams !== null;
    if (isCounted && device === null) return 'device-missing';
    const refused =
      this.#whyNotNow(token, nowMs) ?? (isCounted && device !== null ? this.#whyNotHere(token, device, nowMs) : null);
    if (refused !== null) return refused;
    const change = this.#changeFor(token, isCounted ? device : null, nowMs);
    if (change !== null) this.apply(change);
    return change;
  }

  /** The device plays no longer. */
  release(token: LicenseToken, asking: string | null, nowMs: number): StateChange | null {
    const device = token.device ?? asking;
    if (token.who === null || device === null || this.#devices.get(token.who)?.has(device) !== true) return null;
    const change: StateChange = { v: 1, who: token.who, device, at: nowMs, until: 0 };
    this.apply(change);
    return change;
  }

  #whyNotNow(token: LicenseToken, nowMs: number): RefusalCode | null {
    const { policy, issuedMs, id, uses } = token;
    const issued = issuedMs ?? nowMs;
    if (policy.validSeconds !== null && nowMs > issued + policy.validSeconds * 1000) return 'time-over';
    const first = this.#firsts.get(rentalKey(token))?.at ?? null;
    if (policy.playSeconds !== null && first !== null && nowMs > first + policy.playSeconds * 1000) return 'time-over';
    if (policy.startSeconds !== null && first === null && nowMs > issued + policy.startSeconds * 1000)
      return 'time-over';
    return uses !== null && (this.#used.get(id ?? '')?.count ?? 0) >= uses ? 'used-up' : null;
  }

  #whyNotHere({ who, devices, streams }: LicenseToken, device: string, nowMs: number): RefusalCode | null {
    const others = [...(this.#devices.get(who ?? '') ?? [])]
      .filter(([name]) => name !== device)
      .map(([, each]) => each);
    const known = others.filter(({ at }) => at > nowMs - DEVICE_MS);
    if (devices !== null && known.length >= devices) return 'too-many-devices';
    const playing = others.filter(({ until }) => until > nowMs);
    return streams !== null && playing.length >= streams ? 'too-many-streams' : null;
  }

  #changeFor(token: LicenseToken, device: string | null, nowMs: number): StateChange | null {
    const { who, id, policy, uses, expiresMs } = token;
    const key = rentalKey(token);
    const isFirst = policy.playSeconds !== null && !this.#firsts.has(key);
    if (device === null && !isFirst && uses === null) return null;
    const count = (this.#used.get(id ?? '')?.count ?? 0) + 1;
    return {
      v: 1,
      ...(device !== null && who !== null && { who, device, at: nowMs, until: nowMs + STREAM_MS }),
      ...(isFirst && { first: { key, at: nowMs, expires: expiresMs } }),
      ...(uses !== null && id !== null && { used: { id, count, expires: expiresMs } }),
    };
  }

  /** The later of two changes to a device holds, the earlier of two firsts, the larger of two counts. */
  apply({ who, device, at, until, first, used }: StateChange): void {
    if (who !== undefined && device !== undefined && at !== undefined && until !== undefined) {
      const mine = this.#devices.get(who) ?? new Map<string, Device>();
      const before = mine.get(device);
      if (before === undefined || at >= before.at) mine.set(device, { at, until });
      this.#devices.set(who, mine);
    }
    if (first !== undefined) {
      const before = this.#firsts.get(first.key);
      const expires = Math.max(first.expires, before?.expires ?? 0);
      this.#firsts.set(first.key, { at: Math.min(first.at, before?.at ?? Infinity), expires });
    }
    if (used !== undefined) {
      const count = Math.max(used.count, this.#used.get(used.id)?.count ?? 0);
      this.#used.set(used.id, { count, expires: used.expires });
    }
  }

  /** Forgets what can change no answer any more. */
  tidy(nowMs: number): void {
    for (const [who, mine] of this.#devices) {
      for (const [name, { at, until }] of mine) if (at < nowMs - DEVICE_MS && until < nowMs) mine.delete(name);
      if (mine.size === 0) this.#devices.delete(who);
    }
    for (const each of [this.#firsts, this.#used]) {
      for (const [key, { expires }] of each) if (expires < nowMs - GRACE_MS) each.delete(key);
    }
  }

  /** All of it, as changes. */
  *changes(): Generator<StateChange> {
    for (const [who, mine] of this.#devices) {
      for (const [device, { at, until }] of mine) yield { v: 1, who, device, at, until };
    }
    for (const [key, { at, expires }] of this.#firsts) yield { v: 1, first: { key, at, expires } };
    for (const [id, { count, expires }] of this.#used) yield { v: 1, used: { id, count, expires } };
  }
}

const GRACE_MS = 3_600_000;

/** What a rental is of: this token, or this viewer's right to this title. */
function rentalKey({ id, who, title, kids }: LicenseToken): string {
  return id === null ? JSON.stringify([who, title, kids === null ? null : [...kids].sort()]) : JSON.stringify([id]);
}
