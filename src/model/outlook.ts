/** What would become of a destination if a title were made for it now; docs/json-output.md documents it. */
export interface Outlook {
  /**
   * `new`: there is no title; `unchanged`: there is nothing to do; `replaces`: the title that is there; `refused`: encode
   * would say no.
   */
  readonly state: 'new' | 'unchanged' | 'replaces' | 'refused';
  /** That encode would end with, as far as that can be seen before it begins. */
  readonly exitCode: number;
  /** Seconds of the title that an interrupted run has finished, and that would be gone on with. */
  readonly keptSeconds: number;
  readonly replaces: Replaced | null;
  readonly refusal: Refusal | null;
}

export interface Replaced {
  /** Name of the file that it was made from. */
  readonly source: string;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly because: string;
  /** Names of renditions that it has and the new one would not. */
  readonly loses: readonly string[];
}

/** As in the error that encode would end with. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly reason: string | null;
  readonly hint: string | null;
}
