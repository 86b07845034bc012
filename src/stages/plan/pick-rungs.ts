import { MediactlError } from '../../errors.js';
import type { PresetRung } from '../../model/preset.js';
import { nearest } from '../../model/text.js';
import type { PlanNotes } from './notes.js';
import type { RungSize } from './rung-size.js';

/** The rungs named in `names`, in the ladder's order. Throws `usage` for a name that no rung of this title has. */
export function pickOnly(
  made: readonly RungSize[],
  names: readonly string[],
  ladder: readonly PresetRung[],
  notes: PlanNotes,
): RungSize[] {
  const wanted = new Set(names.map((name) => requireRung(name, made, ladder).name));
  if (wanted.size === 0) throw new MediactlError('usage', '--only names no rung', { hint: choices(made) });
  for (const rung of made) if (!wanted.has(rung.name)) notes.omit(`rung ${rung.name}`, 'not asked for (--only)');
  return made.filter((rung) => wanted.has(rung.name));
}

function requireRung(name: string, made: readonly RungSize[], ladder: readonly PresetRung[]): RungSize {
  const asked = name.trim().toLowerCase();
  const found = made.find((rung) => [asked, `${asked}p`].includes(rung.name.toLowerCase()));
  if (found) return found;
  const isLarger = ladder.some((rung) => [asked, `${asked}p`].includes(rung.name.toLowerCase()));
  const near = nearest(
    name,
    made.map((rung) => rung.name),
  );
  throw new MediactlError('usage', `--only: there is no rung "${name}" for this source`, {
    ...(isLarger
      ? {
          reason: 'the ladder has it, but this source is too small, or gets a rung at its own size instead',
        }
      : {}),
    hint: near === null || isLarger ? choices(made) : `did you mean "${near}"? Else ${choices(made)}`,
  });
}

function choices(made: readonly RungSize[]): string {
  return `choose from ${made.map((rung) => rung.name).join(', ')}`;
}
