/** One report of FFmpeg's -progress; null where it says N/A. */
export interface FfmpegProgress {
  /** Frames of the first video output. */
  readonly frames: number | null;
  /** Position of the output, seconds from the span's start. */
  readonly seconds: number | null;
  /** Bytes written so far. */
  readonly bytes: number | null;
}

/**
 * A line handler for -progress output: collects "key=value" lines and calls `report` at each "progress=" line.
 * out_time_us is microseconds (so is the misnamed out_time_ms, which is not read).
 */
export function progressReader(report: (progress: FfmpegProgress) => void): (line: string) => void {
  const values = new Map<string, string>();
  return (line) => {
    const equals = line.indexOf('=');
    if (equals < 0) return;
    values.set(line.slice(0, equals), line.slice(equals + 1).trim());
    if (!line.startsWith('progress=')) return;
    const microseconds = numberOrNull(values.get('out_time_us'));
    report({
      frames: numberOrNull(values.get('frame')),
      seconds: microseconds === null ? null : microseconds / 1e6,
      bytes: numberOrNull(values.get('total_size')),
    });
  };
}

function numberOrNull(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}
