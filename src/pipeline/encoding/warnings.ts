import { MediactlError } from '../../errors.js';
import type { TitleRecord } from '../../model/artifact.js';
import type { Emit } from '../../model/events.js';
import type { Warning } from '../../model/media.js';
import { damageAmong, lossAmong } from '../record/lost-media.js';

/** What a run has warned of so far. */
export interface Warnings {
  readonly list: readonly Warning[];
  /** Notes it and tells the user. */
  add(warning: Warning): void;
  /**
   * With --strict, lost media is an error. `made`: a title that is there already, in which something may have been lost
   * when it was made. Throws MediactlError strict-warnings.
   */
  stopIfStrict(made?: Pick<TitleRecord, 'status' | 'warnings'>): void;
}

export function createWarnings(strict: boolean, emit: Emit): Warnings {
  const list: Warning[] = [];
  return {
    list,
    add(warning) {
      list.push(warning);
      emit({ type: 'warning', ...warning });
    },
    stopIfStrict(made) {
      const lost = lossAmong(made?.warnings ?? list);
      if (!strict || (lost.length === 0 && made?.status !== 'damaged')) return;
      const what = made
        ? 'part of the source is missing from the existing title'
        : 'part of the source would be missing from the title';
      throw new MediactlError('strict-warnings', `${what}, and --strict was given`, {
        reason: lost.map(({ message }) => message).join('; ') || 'its record says that it is damaged',
        hint:
          lost.length > damageAmong(lost).length
            ? 'run without --strict to make the title anyway'
            : 'get a complete copy of the source, or run without --strict to keep what can be decoded',
      });
    },
  };
}
