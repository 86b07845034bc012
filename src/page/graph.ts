/** One look at the playback. Null: not known. */
export interface Sample {
  /** Bits a second. */
  readonly quality: number | null;
  readonly bandwidth: number | null;
  readonly bufferSeconds: number;
}

/** Samples that the graph holds: two minutes at two a second. */
const SAMPLES = 240;

/** The last two minutes: the rung's bit rate as steps, the estimate as a line, the buffer as an area. */
export class Graph {
  readonly #canvas: HTMLCanvasElement;
  readonly #samples: Sample[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const context = this.#canvas.getContext('2d');
    if (context === null || width === 0) return;
    const scale = devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    const color = (name: string): string => resolved(this.#canvas, style.getPropertyValue(name));
    const samples = this.#samples;
    // The estimate of a fast line would press all rungs to the floor.
    const highest = Math.max(1e6, ...samples.map(({ quality }) => quality ?? 0)) * 2;
    const most = Math.max(10, ...samples.map(({ bufferSeconds }) => bufferSeconds)) * 1.1;
    const x = (i: number): number => ((i + SAMPLES - samples.length) / (SAMPLES - 1)) * width;
    const y = (share: number): number => height - 16 - Math.min(1, share) * (height - 32);

    context.font = '11px system-ui, sans-serif';
    context.fillStyle = color('--faint');
    context.strokeStyle = color('--line');
    for (const share of [0, 0.5, 1]) {
      line(context, [
        [0, y(share)],
        [width, y(share)],
      ]);
      context.fillText(`${((highest * share) / 1e6).toFixed(1)} Mb/s`, 2, y(share) - 3);
      const seconds = `${Math.round(most * share)} s`;
      context.fillText(seconds, width - context.measureText(seconds).width - 2, y(share) - 3);
    }
    context.fillText('2 min ago', 2, height - 3);
    context.fillText('now', width - context.measureText('now').width - 2, height - 3);
    if (samples.length === 0) return;

    context.fillStyle = color('--buffer');
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(x(0), y(0));
    samples.forEach(({ bufferSeconds }, i) => context.lineTo(x(i), y(bufferSeconds / most)));
    context.lineTo(x(samples.length - 1), y(0));
    context.fill();
    context.globalAlpha = 1;

    context.lineWidth = 1.5;
    context.strokeStyle = color('--bandwidth');
    context.setLineDash([5, 3]);
    line(
      context,
      samples.flatMap(({ bandwidth }, i) => (bandwidth === null ? [] : [[x(i), y(bandwidth / highest)]])),
    );
    context.setLineDash([]);
    context.lineWidth = 2;
    context.strokeStyle = color('--quality');
    line(
      context,
      steps(samples, x, (quality) => y(quality / highest)),
    );
  }
}

type Point = readonly number[];

function steps(samples: readonly Sample[], x: (i: number) => number, y: (quality: number) => number): Point[] {
  const points: Point[] = [];
  let before: number | null = null;
  samples.forEach(({ quality }, i) => {
    if (quality === null) return;
    if (before !== null && before !== quality) points.push([x(i), y(before)]);
    points.push([x(i), y(quality)]);
    before = quality;
  });
  return points;
}

function line(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  context.beginPath();
  for (const [x = 0, y = 0] of points) context.lineTo(x, y);
  context.stroke();
}

/** A colour of the style sheet as it is in light or dark: canvases do not know light-dark(). */
function resolved(canvas: HTMLCanvasElement, value: string): string {
  canvas.style.color = value;
  const { color } = getComputedStyle(canvas);
  canvas.style.color = '';
  return color;
}
