import type { Stored } from './storage.js';

/** What happens on the way, for progress. */
export type StorageEvent =
  /** So many bytes left for the network; those sent again count again. */
  | { readonly type: 'sent'; readonly path: string; readonly bytes: number }
  | {
      readonly type: 'retry';
      readonly path: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly reason: string;
    }
  /** Confirmed by the server; `how`: sent, or found there already, its headers changed or not. */
  | { readonly type: 'stored'; readonly stored: Stored; readonly how: 'sent' | 'there' | 'patched' };
