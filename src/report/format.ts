/** Seconds as a clock: "0:07", "12:34", "1:02:03", "2d 03:04" from a day on. Fractions are cut off. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How long something is, rounded: "0.5 s" below a minute, then as a clock, "12:34". */
export function formatLength(seconds: number): string {
  return seconds < 59.95 ? `${Number(Math.max(0, seconds).toFixed(1))} s` : formatClock(Math.round(seconds));
}

/** Bits per second in decimal units, as players and playlists count: "950 b/s", "128 kb/s", "4.21 Mb/s". */
export function formatBitrate(bitsPerSecond: number): string {
  return scaled(bitsPerSecond, ['b/s', 'kb/s', 'Mb/s', 'Gb/s']);
}

/** Bytes in decimal units, as disks and buckets are billed: "0 B", "12.3 kB", "1.50 GB". */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** Times realtime: "0.42x", "4.1x", "123x". */
export function formatSpeed(speed: number): string {
  return `${speed < 1 ? speed.toFixed(2) : speed < 99.95 ? speed.toFixed(1) : speed.toFixed(0)}x`;
}

/** A share of 0…1 in whole percent, rounded down: 100 means all of it. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-9)}%`;
}

/** "1 warning", "3 warnings". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

// Three significant digits; kb/s and bare units are whole where that is enough.
function scaled(value: number, units: readonly string[]): string {
  let [rest, unit] = [value, 0];
  while (rest >= 999.5 && unit < units.length - 1) [rest, unit] = [rest / 1000, unit + 1];
  const digits = unit === 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : unit === 1 ? 1 : 2;
  return `${rest.toFixed(digits)} ${units[unit] ?? ''}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** "0.4 s", "32 s", "5 min", "1 h": how long until something is tried again. */
export function formatWait(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 360) / 10} h`;
}
