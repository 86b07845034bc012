/** Something a check of a finished title noticed. `code` is stable. */
export interface Finding {
  /** `error`: some player will stumble over it, or a rule that players rely on is broken. */
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  /** File inside the title, POSIX separators. */
  readonly path: string;
}
