import type { BucketAdmin } from '../../storage/gcs/bucket-admin.js';
import { PLAYER_HEADERS } from './cors.js';
import type { Trial } from './trial.js';

/** What a player gets to see of an object at its own address. */
export interface ServedReport {
  /** Status of a GET without credentials. */
  readonly anonymousStatus: number;
  /** Null: not even with credentials could it be fetched. */
  readonly problems: readonly string[] | null;
  /** Status and trouble of a request for a part. */
  readonly rangeProblem: string | null;
  /** What a page of `origin` would stumble over. */
  readonly corsProblems: readonly string[];
  readonly origin: string;
}

const RANGE_END = 99;

/**
 * Fetches the trial object as a player does, without credentials and, when that is refused, with them. `object`: its whole
 * name. `origin`: of the page that plays.
 */
export async function fetchAsPlayer(
  bucket: BucketAdmin,
  trial: Trial,
  { object, origin }: { readonly object: string; readonly origin: string },
): Promise<ServedReport> {
  const fetch = (headers: Record<string, string>, anonymous: boolean, method: 'GET' | 'OPTIONS' = 'GET') =>
    bucket.served({ method, object, headers, anonymous });
  // As browsers ask.
  const usual = { 'accept-encoding': 'gzip, deflate, br', origin };
  const nobody = await fetch(usual, true);
  const anonymous = nobody.status === 200;
  const whole = anonymous ? nobody : await fetch(usual, false);
  const preflight = await fetch(
    { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'range' },
    true,
    'OPTIONS',
  );
  const corsProblems = problemsOfPages(preflight, whole, origin);
  const base = { anonymousStatus: nobody.status, corsProblems, origin };
  if (whole.status !== 200) return { ...base, problems: null, rangeProblem: null };
  const part = await fetch({ range: `bytes=0-${RANGE_END}` }, anonymous);
  const expected = `bytes 0-${RANGE_END}/${trial.bytes.length}`;
  const isPart = part.status === 206 && part.headers['content-range'] === expected;
  const sameBytes = Buffer.compare(part.body, trial.bytes.subarray(0, RANGE_END + 1)) === 0;
  const rangeProblem =
    isPart && sameBytes ? null : `a range was answered with ${part.status} and ${part.body.length} bytes`;
  return { ...base, problems: headerProblems(whole, trial), rangeProblem };
}

type Answer = Awaited<ReturnType<BucketAdmin['served']>>;

/** Where what is served differs from what was stored. */
function headerProblems({ headers, body }: Answer, trial: Trial): string[] {
  const { contentType, cacheControl, metadata } = trial.headers;
  const expected: [string, string][] = [
    ['content-type', contentType],
    ...(cacheControl === null ? [] : [['cache-control', cacheControl] satisfies [string, string]]),
    ...Object.entries(metadata).map(([key, value]): [string, string] => [`x-goog-meta-${key.toLowerCase()}`, value]),
  ];
  const problems = expected.flatMap(([name, value]) =>
    same(String(headers[name] ?? ''), value) ? [] : [`${name} is ${shown(headers[name])} instead of ${value}`],
  );
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') problems.push(`it comes compressed (content-encoding: ${coding})`);
  else if (Buffer.compare(body, trial.bytes) !== 0) problems.push('the bytes read differ from those written');
  return problems;
}

function problemsOfPages(preflight: Answer, whole: Answer, origin: string): string[] {
  const [asks, gets] = [allows(preflight.headers, origin), allows(whole.headers, origin)];
  if (!asks && !gets) return ['the origin is not allowed'];
  return [
    ...(asks ? preflightProblems(preflight) : ['a preflight is refused']),
    ...(gets ? exposureProblems(whole) : ['the answer to a GET is withheld']),
  ];
}

function preflightProblems({ headers }: Answer): string[] {
  const methods = listOf(headers['access-control-allow-methods']);
  const asked = listOf(headers['access-control-allow-headers']);
  return [
    ...(methods.includes('get') || methods.includes('*') ? [] : ['a preflight does not allow GET']),
    ...(asked.includes('range') || asked.includes('*') ? [] : ['a preflight does not allow Range']),
  ];
}

function exposureProblems({ headers }: Answer): string[] {
  const exposed = listOf(headers['access-control-expose-headers']);
  const hidden = PLAYER_HEADERS.filter((name) => !exposed.includes(name.toLowerCase()));
  return hidden.length === 0 || exposed.includes('*') ? [] : [`pages may not read ${hidden.join(', ')}`];
}

function allows(headers: Answer['headers'], origin: string): boolean {
  const allowed = headers['access-control-allow-origin'];
  return allowed === '*' || allowed === origin;
}

function listOf(value: string | undefined): string[] {
  return (value ?? '').split(',').map((word) => word.trim().toLowerCase());
}

function same(a: string, b: string): boolean {
  const normal = (text: string): string => text.toLowerCase().replace(/\s+/g, '');
  return normal(a) === normal(b);
}

function shown(value: string | readonly string[] | undefined): string {
  return value === undefined ? 'missing' : String(value);
}
