import type { Size, VideoTrack } from '../../model/media.js';

/** The upright picture with square pixels. */
export interface Picture extends Size {
  /** Rounded down to an even number: a rung at source size has it. */
  readonly shortSide: number;
  /** Long side ÷ short side, exact where the display size is rounded. */
  readonly aspect: number;
  readonly isPortrait: boolean;
}

export function pictureOf({ displaySize, codedSize, hiddenLines, sampleAspect, orientation }: VideoTrack): Picture {
  const { width, height } = displaySize;
  const isPortrait = height > width;
  const exact = (codedSize.width * sampleAspect.num) / ((codedSize.height - hiddenLines) * sampleAspect.den);
  const upright = orientation.clockwise % 180 === 0 ? exact : 1 / exact;
  // A display width of 853 stands for 853.33…; one that differs by more is taken at its word.
  const shown = width / height;
  const ratio = Math.abs(upright / shown - 1) < 0.01 ? upright : shown;
  return {
    width,
    height,
    shortSide: 2 * Math.floor(Math.min(width, height) / 2),
    aspect: isPortrait ? 1 / ratio : ratio,
    isPortrait,
  };
}

/** The picture's size with this short side; its aspect is kept as nearly as even numbers allow. */
export function sizeAt({ aspect, isPortrait }: Picture, shortSide: number): Size {
  const longSide = Math.max(shortSide, nearestEven(shortSide * aspect));
  return isPortrait ? { width: shortSide, height: longSide } : { width: longSide, height: shortSide };
}

// Of two even numbers equally near, the lower is taken: a picture of 321 columns is not stretched to 322.
function nearestEven(value: number): number {
  return 2 * Math.ceil(value / 2 - 0.5 - 1e-9);
}

/** A rung of the title: its size in even pixels, and the ladder's bitrate for it. */
export interface RungSize {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Bits per second. */
  readonly bitrate: number;
}
