/** How a bitrate is written: "800k", "2.5M", or a plain number of bits per second. Units are SI: k is 1000. */
export const BITRATE_PATTERN = /^\d+(\.\d+)?[kM]?$/;

/** Whole bits per second. `text` must match BITRATE_PATTERN. */
export function parseBitrate(text: string): number {
  const unit = text.endsWith('M') ? 1_000_000 : text.endsWith('k') ? 1000 : 1;
  return Math.round(Number.parseFloat(text) * unit);
}

/** Writes "5000k" for whole kilobits, else the plain number. */
export function formatBitrate(bitsPerSecond: number): string {
  return bitsPerSecond % 1000 === 0 ? `${bitsPerSecond / 1000}k` : String(bitsPerSecond);
}
