import type { Findings } from './findings.js';
import type { Title } from './read-title.js';

/** Microseconds by which printed durations of the same segment may differ. */
const SLACK = 1000;

/** Players switch from any segment of one rung to the next of another: all rungs have the same segments. */
export function checkRungs({ variants }: Title, findings: Findings): void {
  const [first, ...others] = variants;
  if (!first) return;
  for (const other of others) {
    if (other.segments.length !== first.segments.length) {
      const counts = `${other.segments.length} segments, ${first.path} has ${first.segments.length}`;
      findings.error(other.path, 'segments-differ', `it has ${counts}`);
      continue;
    }
    for (const [i, segment] of other.segments.entries()) {
      const wanted = first.segments[i]?.micros ?? 0;
      if (Math.abs(segment.micros - wanted) <= SLACK) continue;
      const seconds = `${segment.micros / 1e6} s, in ${first.path} ${wanted / 1e6} s`;
      findings.error(other.path, 'duration-differs', `segment ${i} lasts ${seconds}`);
    }
    if (Math.abs(other.micros - first.micros) > SLACK) {
      findings.error(
        other.path,
        'length-differs',
        `it lasts ${other.micros / 1e6} s, ${first.path} ${first.micros / 1e6} s`,
      );
    }
  }
}
