import type { WriteOptions } from '../storage.js';

/** What became of an attempt that did not end with our bytes confirmed. */
export type Attempt =
  /** Something else than was expected is there, and our request has certainly changed nothing. */
  | 'refused'
  /** The same; but an earlier request of ours, whose answer got lost, may be what is there. */
  | 'uncertain'
  /** The server confirmed other bytes than were sent: what is there is ours, and wrong. */
  | 'wrong-bytes';

/** `take`: what is there is what was asked for. `replace`: send again, onto what is there. */
export type NextStep = 'take' | 'replace' | 'give-up';

/** What was asked of a write: see WriteOptions. */
type Asked = 'replace-anything' | 'condition-or-same-bytes' | 'condition';

/** By what was asked, and by whether the same bytes are there. */
const NEXT: Readonly<Record<Attempt, Readonly<Record<Asked, { readonly same: NextStep; readonly other: NextStep }>>>> =
  {
    refused: {
      'replace-anything': { same: 'take', other: 'replace' },
      'condition-or-same-bytes': { same: 'take', other: 'give-up' },
      // The same bytes of somebody else: the condition did not hold.
      condition: { same: 'give-up', other: 'give-up' },
    },
    uncertain: {
      'replace-anything': { same: 'take', other: 'replace' },
      'condition-or-same-bytes': { same: 'take', other: 'give-up' },
      condition: { same: 'take', other: 'give-up' },
    },
    'wrong-bytes': {
      'replace-anything': { same: 'take', other: 'replace' },
      'condition-or-same-bytes': { same: 'take', other: 'replace' },
      condition: { same: 'take', other: 'replace' },
    },
  };

/** How a write goes on after an attempt, when it is known whether the same bytes are there now. */
export function nextStep(attempt: Attempt, options: WriteOptions, isSameThere: boolean): NextStep {
  return NEXT[attempt][askedOf(options)][isSameThere ? 'same' : 'other'];
}

function askedOf({ condition, acceptSameBytes = false }: WriteOptions): Asked {
  if (condition === undefined) return 'replace-anything';
  return acceptSameBytes ? 'condition-or-same-bytes' : 'condition';
}
