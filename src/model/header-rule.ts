/** An exception from the headers that objects get by what they are: it replaces the default for the paths that match. */
export interface HeaderRule {
  /** Glob on the path inside the title, or on the file's name when it has no slash: "*.ts", "thumbs/*.jpg". */
  readonly match: string;
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** Added to that of the rules before; null: such a key goes from objects that have it. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}
