/** The outside programs a run uses: names to be found on the PATH, or paths. */
export interface Toolbox {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** Told of each short run that looks at something, before it begins; what encodes is told of as an event. */
  readonly onLook?: (argv: readonly string[]) => void;
}
