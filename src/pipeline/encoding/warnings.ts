import { MediactlError } from '../../errors.js';
import type { Emit } from '../../model/events.js';
import type { Warning } from '../../model/media.js';
import { damageAmong, lossAmong } from '../record/lost-media.js';

/** What a run has warned of so far. */
export interface Warnings {
  readonly list: readonly Warning[];
  /** Notes it and tells the user. */
  add(warning: Warning): void;
  /** With --strict, lost media is an error. Throws MediactlError strict-warnings. */
  stopIfStrict(): void;
}

export function createWarnings(strict: boolean, emit: Emit): Warnings {
  const list: Warning[] = [];
  return {
    list,
    add(warning) {
      list.push(warning);
      emit({ type: 'warning', ...warning });
    },
    stopIfStrict() {
      const lost = lossAmong(list);
      if (!strict || lost.length === 0) return;
      throw new MediactlError(
        'strict-warnings',
        'part of the source would not be in the title, and --strict was given',
        {
          reason: lost.map(({ message }) => message).join('; '),
          hint:
            lost.length > damageAmong(lost).length
              ? 'run without --strict to make the title all the same'
              : 'get a whole copy of the source, or run without --strict to keep what can be decoded',
        },
      );
    },
  };
}
