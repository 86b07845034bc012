import { MediactlError } from '../../errors.js';
import type { InputAddress } from '../../model/source.js';
import { filtersOf } from '../../tools/ffmpeg/filters-of.js';
import { FEATURES } from '../../tools/needed-features.js';
import { firstCommands, type ScheduledPlan } from './first-commands.js';

/** Throws `tool-lacks-feature` when the FFmpeg at hand was built without a filter that the plan's processes will use. */
export function requireFiltersOf(planned: ScheduledPlan, address: InputAddress): void {
  const { passes, audio } = firstCommands(planned, address, '/');
  const missing = filtersOf([...passes.flat(), ...audio]).find((name) => !planned.capabilities.filters.has(name));
  if (missing === undefined) return;
  const use = FEATURES.find(({ kind, name }) => kind === 'filter' && name === missing)?.use;
  throw new MediactlError('tool-lacks-feature', `this FFmpeg has no filter ${missing}`, {
    reason: use === undefined ? 'this source needs it' : `this source needs it: ${use}`,
    hint: 'use an FFmpeg with it (most full builds have it) and name it with --ffmpeg; mediactl doctor lists what is needed',
  });
}
