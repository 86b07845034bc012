/** The outside programs a run uses: names to be found on the PATH, or paths. */
export interface Toolbox {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}
