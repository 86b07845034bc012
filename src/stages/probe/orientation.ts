import type { Orientation, Warning } from '../../model/media.js';

const UPRIGHT: Orientation = { mirror: false, clockwise: 0 };

/** What a track says of how it is to be turned. */
export interface OrientationHints {
  /** ffprobe's dump of the display matrix: nine numbers in rows, after offsets and colons. */
  readonly displayMatrix: string | null;
  /** FFmpeg's "rotation" of that matrix: degrees counter-clockwise. */
  readonly rotation: number | null;
  /** The "rotate" tag of old files: degrees clockwise. */
  readonly rotateTag: string | null;
}

/**
 * Mirror and quarter turns, from the matrix where it is shown (it alone knows of mirroring), else from the angle.
 * An angle between the quarters goes to the nearest one, with a warning.
 */
export function readOrientation(hints: OrientationHints): { orientation: Orientation; warning: Warning | null } {
  const matrix = hints.displayMatrix === null ? null : parseDisplayMatrix(hints.displayMatrix);
  if (matrix !== null) return fromMatrix(matrix);
  const tag = hints.rotateTag === null ? 0 : Number(hints.rotateTag);
  return quarterTurns(hints.rotation === null ? tag : -hints.rotation, false);
}

/**
 * The left-upper 2×2 part [a, b, c, d] of a display matrix, which maps a decoded pixel (x right, y down) to
 * (a·x + c·y, b·x + d·y) (ISO/IEC 14496-12, 8.3.2). Scale does not matter here.
 */
export type DisplayMatrix = readonly [a: number, b: number, c: number, d: number];

/** Null for a text that is not such a dump, and for a matrix that flattens the picture. */
export function parseDisplayMatrix(text: string): DisplayMatrix | null {
  const rows = [...text.matchAll(/^\s*[0-9a-f]{8}:((?:\s+-?\d+)+)\s*$/gim)].map((match) =>
    (match[1] ?? '').trim().split(/\s+/).map(Number),
  );
  const [a, b, c, d] = [rows[0]?.[0], rows[0]?.[1], rows[1]?.[0], rows[1]?.[1]];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return null;
  return a * d - b * c === 0 ? null : [a, b, c, d];
}

/** One of the eight ways a matrix can turn a picture: first mirrored left-right, then turned clockwise. */
export function fromMatrix([a, b, c, d]: DisplayMatrix): { orientation: Orientation; warning: Warning | null } {
  const mirror = a * d - b * c < 0;
  // What is left when the mirroring (x → -x, done first) is taken away turns the x axis to (±a, ±b).
  const degrees = (Math.atan2(mirror ? -b : b, mirror ? -a : a) * 180) / Math.PI;
  return quarterTurns(degrees, mirror);
}

// A camera's matrix may be off by rounding; ffmpeg's own autorotate forgives one degree.
const TOLERANCE_DEGREES = 1;

function quarterTurns(clockwise: number, mirror: boolean): { orientation: Orientation; warning: Warning | null } {
  if (!Number.isFinite(clockwise)) return { orientation: { ...UPRIGHT, mirror }, warning: null };
  const turns = ((Math.round(clockwise / 90) % 4) + 4) % 4;
  const orientation: Orientation = { mirror, clockwise: QUARTERS[turns] ?? 0 };
  const off = Math.abs(clockwise - Math.round(clockwise / 90) * 90);
  if (off <= TOLERANCE_DEGREES) return { orientation, warning: null };
  const message = `the file asks for a rotation of ${Number(clockwise.toFixed(1))}°; the nearest quarter turn (${orientation.clockwise}°) is used`;
  return { orientation, warning: { code: 'rotation-rounded', message } };
}

const QUARTERS = [0, 90, 180, 270] as const;
