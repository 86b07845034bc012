import type { Outlook, Replaced } from '../model/outlook.js';
import { formatLength } from './format.js';

/** What would become of a destination, in lines for people; the first says it in a word. */
export function describeOutlook(outlook: Outlook, expectedSeconds: number | null): string[] {
  const { state, exitCode, keptSeconds, replaces, refusal } = outlook;
  const whole = expectedSeconds === null ? '' : ` of ${formatLength(expectedSeconds)}`;
  const kept = keptSeconds > 0 ? [`resumes at ${formatLength(keptSeconds)}${whole}`] : [];
  switch (state) {
    case 'new':
      return ['new: nothing is replaced', ...kept];
    case 'unchanged':
      return ['unchanged: the title is up to date, nothing would be done; --force makes it again'];
    case 'replaces':
      return [...(replaces ? describeReplaced(replaces) : []), ...kept];
    case 'refused': {
      const hint = refusal?.hint === null || refusal === null ? [] : [`do: ${refusal.hint}`];
      const why = refusal?.reason === null || refusal === null ? [] : [`why: ${refusal.reason}`];
      return [`refused (exit code ${exitCode}): ${refusal?.message ?? ''}`, ...why, ...hint];
    }
  }
}

function describeReplaced({ source, finishedAt, because, loses }: Replaced): string[] {
  const made = finishedAt.slice(0, 16).replace('T', ' ');
  const what = `replaces the title of ${source}, made ${made} UTC: ${because}`;
  return loses.length === 0 ? [what] : [what, `it would lose ${loses.join(', ')}`];
}
