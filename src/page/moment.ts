/**
 * Seconds that a fragment names: "#t=90", "#t=1:30", "#t=1:02:03.5"; null: none. An end after a comma is left out.
 * https://www.w3.org/TR/media-frags/#naming-time
 */
export function momentOf(fragment: string): number | null {
  const [, text = ''] = /(?:^#|&)t=(?:npt:)?([\d:.]+)/.exec(fragment) ?? [];
  const parts = text.split(':');
  if (text === '' || parts.length > 3 || parts.some((part) => !/^\d+(\.\d*)?$/.test(part))) return null;
  return parts.reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

/** The address of this page at that moment. */
export function addressAt(page: string, seconds: number): string {
  const url = new URL(page);
  url.hash = `t=${Math.floor(seconds)}`;
  return url.href;
}

/** Seconds in the midst of the frame before (-1) or after (1) the one at `seconds`, so that rounding leads to no other. */
export function frameBeside(seconds: number, by: -1 | 1, frameRate: number): number {
  // Times that players give for the start of a frame are a little early or late.
  const frame = Math.floor(seconds * frameRate + 0.1);
  return Math.max(0, (frame + by + 0.5) / frameRate);
}
