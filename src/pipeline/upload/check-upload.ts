import type { UploadedObject } from '../../model/events.js';
import type { Finding } from '../../model/finding.js';
import type { UploadReceipt } from '../../model/receipt.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { hasHeaders } from '../../storage/headers.js';
import type { ObjectHeaders, Snapshot, Stored } from '../../storage/storage.js';

/** What is not as the receipt says. Codes of findings are stable; docs/json-output.md lists them. */
export interface Difference extends Finding {
  readonly code: 'object-missing' | 'object-replaced' | 'object-rewritten' | 'headers-differ' | 'object-extra';
  /** Null: the receipt does not list it. */
  readonly expected: UploadedObject | null;
  /** Null: it is not there. */
  readonly found: Stored | null;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** The title's record has other bytes: somebody has published it anew since. */
  readonly isOvertaken: boolean;
}

/**
 * Compares a bucket, as it was listed, with the receipt of an upload: bytes and checksum, generation, headers; and,
 * of a title that mediactl made, what else there is in the folders of this version. Extra objects are warnings, as
 * no player asks for them; all else is an error.
 */
export async function compareWithReceipt(receipt: UploadReceipt, snapshot: Snapshot): Promise<Comparison> {
  const differences: Difference[] = [];
  const isTitle = receipt.objects.find(RECORD_NAME) !== null;
  const folders = new Set<string>();
  for (const expected of receipt.objects) {
    const folder = topFolder(expected.path);
    if (isTitle && folder !== null) folders.add(folder);
    differences.push(...compareObject(expected, await snapshot.get(expected.path)));
  }
  for await (const found of snapshot.all()) {
    const { path } = found;
    if (!folders.has(topFolder(path) ?? '') || receipt.objects.find(path) !== null) continue;
    differences.push({
      severity: 'warning',
      code: 'object-extra',
      path,
      message: 'is not in the receipt',
      expected: null,
      found,
    });
  }
  const replaced = differences.some(({ path, code }) => path === RECORD_NAME && code === 'object-replaced');
  return { differences, isOvertaken: replaced };
}

/** What an object should be served with. */
export function headersOf({ contentType, cacheControl, metadata }: UploadedObject): ObjectHeaders {
  return { contentType: contentType ?? 'application/octet-stream', cacheControl, metadata };
}

function compareObject(expected: UploadedObject, found: Stored | null): Difference[] {
  const different = (code: Difference['code'], message: string): Difference => ({
    severity: 'error',
    code,
    path: expected.path,
    message,
    expected,
    found,
  });
  if (found === null) return [different('object-missing', 'is missing')];
  if (found.bytes !== expected.bytes || found.crc32c !== expected.crc32c) {
    const size = found.bytes === expected.bytes ? 'another checksum' : `${found.bytes} bytes, not ${expected.bytes}`;
    return [different('object-replaced', `was replaced: it has ${size}`)];
  }
  const differences: Difference[] = [];
  if (found.generation !== expected.generation) {
    differences.push(different('object-rewritten', 'was written again with the same bytes'));
  }
  if (found.headers !== null && !hasHeaders(found.headers, headersOf(expected))) {
    differences.push(different('headers-differ', describeHeaders(found.headers, headersOf(expected))));
  }
  return differences;
}

function describeHeaders(found: ObjectHeaders, expected: ObjectHeaders): string {
  const parts = [
    ['Content-Type', found.contentType, expected.contentType],
    ['Cache-Control', found.cacheControl, expected.cacheControl],
    ...Object.keys({ ...found.metadata, ...expected.metadata }).map((key) => [
      ...[`metadata ${key}`, found.metadata[key] ?? null, expected.metadata[key] ?? null],
    ]),
  ];
  const differing = parts.filter(([, is, wanted]) => is !== wanted);
  return differing.map(([name, is, wanted]) => `has ${name} ${shown(is)}, not ${shown(wanted)}`).join('; ');
}

function shown(value: string | null | undefined): string {
  return value === null || value === undefined ? '(none)' : JSON.stringify(value);
}

/** "720p-1a2b3c4d" of "720p-1a2b3c4d/00012.ts"; null at the top. */
function topFolder(path: string): string | null {
  const slash = path.indexOf('/');
  return slash < 0 ? null : path.slice(0, slash);
}
