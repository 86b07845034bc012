import { MediactlError } from '../../errors.js';
import { shellQuote } from '../../model/text.js';
import type { Examination } from './examine.js';
import { ok, unseen, wrong, type BucketFinding, type Check } from './finding.js';
import type { Names } from './finding.js';
import type { Step } from './trial.js';

/** What became of the trial object, and how it was served. */
export function trialFindings(
  trial: Examination['trial'],
  served: Examination['served'],
  { place }: Names,
): BucketFinding[] {
  if (typeof trial === 'string') return [unseen('write', `no probe object was written: ${trial}`)];
  const left = `gcloud storage rm ${shellQuote(`${place}/${trial.path}`)}`;
  return [
    ...stepFinding('write', trial.write, 'an object was written'),
    ...stepFinding('read', trial.read, 'it was read back unchanged'),
    ...servedFindings(served),
    ...stepFinding('patch', trial.patch, 'its headers were changed'),
    ...stepFinding('delete', trial.remove, 'it was removed', left),
  ];
}

function stepFinding(check: Check, step: Step, what: string, command?: string): BucketFinding[] {
  if (step === null) return [];
  if (step.done) return [ok(check, what)];
  const { code, message, reason, hint } = step.error;
  const why = [reason, hint].filter((text) => text !== null).join('; ');
  return [wrong(check, code, message, { why, ...(command === undefined ? {} : { command }) })];
}

function servedFindings(served: Examination['served']): BucketFinding[] {
  if (served === null) return [];
  if (served instanceof MediactlError) return [unseen('served', `${served.message}: ${served.reason ?? ''}`)];
  if (served.problems === null) {
    return [unseen('served', `nothing was served at the object's own address (${served.anonymousStatus})`)];
  }
  const why = 'players and caches rely on these; a proxy or server in between may change them';
  const whole =
    served.problems.length === 0
      ? ok('served', 'it is served with its headers, and not compressed')
      : wrong('served', 'verify-failed', `what is served is not what was stored: ${served.problems.join('; ')}`, {
          why,
        });
  const part =
    served.rangeProblem === null
      ? ok('range', 'byte ranges are served')
      : wrong('range', 'verify-failed', served.rangeProblem, { why: 'players seek, and fetch I-frames, by ranges' });
  return [whole, part];
}
