/** The outside programs a run uses: names to be found on the PATH, or paths. */
export interface Toolbox {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** Shaka Packager, for encryption; null, or not there: the one that npm brought, or the one on the PATH. */
  readonly packager?: string | null;
  /** Told of each short run that looks at something, before it begins; what encodes is told of as an event. */
  readonly onLook?: (argv: readonly string[]) => void;
}
