import type { RecordedSource, SourceIdentity } from '../../model/media.js';

/**
 * A source as a record may name it. A record lies beside its title, often for everybody to read: of a path, or an
 * address, it has the last part only.
 */
export function publicSource(source: SourceIdentity | RecordedSource): RecordedSource {
  const { path, bytes, modifiedMs, fingerprint, version, crc32c } = source;
  const known = { path: sourceName(path), bytes, modifiedMs, fingerprint };
  const versioned = version === undefined ? known : { ...known, version };
  return crc32c === undefined ? versioned : { ...versioned, crc32c };
}

/** A plan as a record may have it; also that of an older record, which named the source by its path. */
export function publicPlan(plan: unknown, source: RecordedSource): unknown {
  return typeof plan === 'object' && plan !== null && 'source' in plan ? { ...plan, source } : plan;
}

/** "movie.mp4" of "/home/ed/movie.mp4" and of "https://example.com/movie.mp4". */
export function sourceName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
}
