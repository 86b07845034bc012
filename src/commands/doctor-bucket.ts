import { EXIT_CODES, MediactlError, type ErrorCode } from '../errors.js';
import { printable } from '../model/text.js';
import { bucketOptionsOf } from '../pipeline/delivery/destination.js';
import { tellRetries } from '../pipeline/tell-retries.js';
import { examineBucket } from '../stages/examine/examine.js';
import type { BucketFinding, Names, Wishes } from '../stages/examine/finding.js';
import { findingsOf } from '../stages/examine/findings.js';
import { applyChanges, changesFor, type Change } from '../stages/examine/repair.js';
import { accountOf } from '../storage/gcs/account-of.js';
import { formatLocation, parseLocation, type Location } from '../storage/location.js';
import { openBucket, openStorage } from '../storage/open.js';
import type { CommandContext } from './context.js';
import { describeChanges, describeFindings, describeOutcome } from './doctor-bucket-text.js';

export interface DoctorBucketOptions {
  /** Change CORS and lifecycle. */
  readonly fix: boolean;
  /** Without asking. */
  readonly yes: boolean;
  /** Shows the text, asks the question; null: there is nobody to ask. */
  readonly confirm: ((text: string, question: string) => Promise<boolean>) | null;
  readonly print: (text: string) => Promise<void>;
  readonly color: boolean;
  /** Of the terminal on stdout. */
  readonly columns: number;
}

/** What `--json` prints (schema "mediactl.doctor-bucket/1"). */
interface Report {
  readonly schema: 'mediactl.doctor-bucket/1';
  readonly place: string;
  /** Titles can be published. */
  readonly ok: boolean;
  /** Of the first finding that is wrong. */
  readonly code: ErrorCode | null;
  readonly exitCode: number;
  readonly findings: readonly BucketFinding[];
  /** What --fix changed, or would have. Null: it was not asked for. */
  readonly changes: readonly Change[] | null;
  readonly fixed: boolean;
}

/**
 * `mediactl doctor gs://bucket/prefix`: whether titles can be published there and played from there, and what to
 * change. Gives the exit code. Throws MediactlError usage, and storage-… when nothing can be looked at.
 */
export async function doctorBucket(
  where: string,
  context: CommandContext,
  options: DoctorBucketOptions,
): Promise<number> {
  const { fix, yes, confirm, print } = options;
  const { json } = context.settings.output;
  const location = parseLocation(where);
  if (location.kind === 'folder') {
    throw new MediactlError('usage', `${printable(where)} is not in a bucket`, {
      hint: 'name gs://bucket/path; without it, doctor checks this machine',
    });
  }
  if (fix && !yes && confirm === null) {
    throw new MediactlError('usage', '--fix asks before it changes a bucket, and there is no terminal to ask on', {
      hint: 'pass --yes to apply the change without asking, or leave out --fix to see what it would change',
    });
  }
  const examination = await openExamination(location, context);
  const { wishes, names } = examination;
  const seen = await examination.examine();
  const findings = findingsOf(seen, wishes, names);
  if (!fix) {
    const report = reportOf(names, findings, null, false);
    await print(json ? document(report) : describeFindings(report, options));
    return report.exitCode;
  }
  if (seen.facts instanceof MediactlError) throw seen.facts;
  const changes = changesFor(seen.facts, wishes);
  if (!json) await print(describeFindings({ ...reportOf(names, findings, changes, false), fixing: true }, options));
  const shown = describeChanges(changes, names.bucket, options.color);
  if (yes && !json) await print(shown);
  const agreed =
    changes.length > 0 && (yes || (await confirm?.(shown, `Apply this change to ${names.bucket}?`)) === true);
  if (agreed) await applyChanges(examination.bucket, { changes, facts: seen.facts, wishes });
  const after = agreed ? findingsOf(await examination.examine(), wishes, names) : findings;
  const report = reportOf(names, after, changes, agreed);
  await print(json ? document(report) : describeOutcome(report, options));
  return report.exitCode;
}

/** A write under way at Ctrl-C has so long to come to its end. */
const GRACE_MS = 3000;

/** What is needed to look at the place as often as wanted. */
async function openExamination(location: Extract<Location, { kind: 'gcs' }>, context: CommandContext) {
  const { settings, signal, emit } = context;
  // Not for minutes: somebody waits for the answer.
  const access = {
    ...bucketOptionsOf(settings, context.env),
    retry: { patienceMs: 20_000 },
    limits: { stallMs: 10_000 },
    onEvent: tellRetries(emit),
  };
  const later = new AbortController();
  const stop = (): void => void setTimeout(() => later.abort(signal.reason), GRACE_MS).unref();
  signal.addEventListener('abort', stop, { once: true });
  const [bucket, storage, cleaner] = await Promise.all([
    openBucket(location, { ...access, signal }),
    openStorage(location, { ...access, signal: later.signal }),
    // Without a signal: what was written is removed in any case.
    openStorage(location, { ...access, retry: { patienceMs: GRACE_MS }, limits: { stallMs: GRACE_MS } }),
  ]);
  const root = location.prefix === '' ? '' : `${location.prefix}/`;
  const { corsOrigins: origins, tmpDays, coldDays, coldClass } = settings.objects;
  const account = await accountOf(access.credentials, context.env);
  const wishes: Wishes = { root, origins, tmpDays, coldDays, coldClass };
  const names: Names = {
    bucket: bucket.name,
    place: formatLocation(location),
    member: account === null ? 'ACCOUNT' : `serviceAccount:${account}`,
  };
  return { bucket, wishes, names, examine: () => examineBucket({ bucket, storage, cleaner, root, origins, signal }) };
}

function reportOf(
  { place }: Names,
  findings: readonly BucketFinding[],
  changes: readonly Change[] | null,
  fixed: boolean,
): Report {
  const code = findings.find(({ state }) => state === 'wrong')?.code ?? null;
  const exitCode = code === null ? 0 : EXIT_CODES[code];
  return { schema: 'mediactl.doctor-bucket/1', place, ok: code === null, code, exitCode, findings, changes, fixed };
}

function document(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
