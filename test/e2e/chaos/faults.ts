import type { FaultRule } from '../../gcs/faults.js';

const KiB = 1024;
const WRITES = [
  ...(['insert-multipart', 'resumable-start', 'resumable-chunk', 'resumable-final'] as const),
  ...(['object-patch', 'object-delete'] as const),
];
const READS = ['object-get', 'object-media', 'object-list', 'resumable-status'] as const;
const ALL = [...WRITES, ...READS];
const CHUNKS = ['resumable-chunk', 'resumable-final'] as const;
const UPLOADS = ['insert-multipart', ...CHUNKS] as const;

/** What hits mediactl's requests, and never the player's. Together about every sixth. */
const RULES: readonly FaultRule[] = [
  { fault: { type: 'status', status: 503 }, match: { kind: ALL }, probability: 0.03 },
  { fault: { type: 'status', status: 429, retryAfter: '0' }, match: { kind: ALL }, probability: 0.03 },
  { fault: { type: 'status', status: 408 }, match: { kind: ALL }, probability: 0.01 },
  { fault: { type: 'status', status: 503, when: 'after' }, match: { kind: WRITES }, probability: 0.03 },
  { fault: { type: 'reset', when: 'before-body' }, match: { kind: ALL }, probability: 0.02 },
  { fault: { type: 'reset', when: 'mid-body', afterBytes: 8 * KiB }, match: { kind: UPLOADS }, probability: 0.02 },
  { fault: { type: 'reset', when: 'after-store' }, match: { kind: WRITES }, probability: 0.03 },
  { fault: { type: 'lost-ack' }, match: { kind: WRITES }, probability: 0.01 },
  { fault: { type: 'stall', when: 'never-answer' }, match: { kind: ALL }, probability: 0.005 },
  { fault: { type: 'stall', when: 'stop-reading', afterBytes: 4 * KiB }, match: { kind: UPLOADS }, probability: 0.005 },
  { fault: { type: 'truncate', afterBytes: 30 }, match: { kind: ALL }, probability: 0.02 },
  { fault: { type: 'truncate', afterBytes: 30, how: 'reset' }, match: { kind: ALL }, probability: 0.01 },
  { fault: { type: 'stall-download', afterBytes: 30 }, match: { kind: READS }, probability: 0.005 },
  // Of a multipart upload the bit may be in the object's name, which no checksum covers.
  { fault: { type: 'corrupt', direction: 'upload' }, match: { kind: CHUNKS }, probability: 0.02 },
  { fault: { type: 'corrupt', direction: 'download' }, match: { kind: 'object-media' }, probability: 0.1 },
  { fault: { type: 'short-308', keepBytes: 700 * KiB }, match: { kind: 'resumable-chunk' }, probability: 0.2 },
  { fault: { type: 'expire-sessions' }, match: { kind: 'resumable-chunk' }, probability: 0.03 },
];

/** The rules for one bucket: other seeds run beside this one. */
export function faultsFor(bucket: string, seed: number): FaultRule[] {
  return RULES.map((rule, i) => ({ ...rule, match: { ...rule.match, bucket }, seed: seed * 1000 + i }));
}
