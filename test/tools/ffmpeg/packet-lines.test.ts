import { describe, expect, it } from 'vitest';
import { rational } from '../../../src/model/rational.js';
import { PacketLines, type PacketOutput } from '../../../src/tools/ffmpeg/packet-lines.js';

const READ = { startSeconds: 1.5, level: 40, hasErrors: false };

/** Packets at 25 fps in a time base of a frame: decode time, presentation time, flags. Keyframes are IDR frames but `open`. */
function read(packets: readonly (readonly [dts: number, pts: number, flags?: string])[], open: readonly number[] = []) {
  const lines = new PacketLines(rational(25));
  const all: PacketOutput[] = ['packets', 'idr', 'inBand', 'header'];
  for (const output of all) lines.add(output, '#tb 0: 1/25');
  for (const [dts, pts, flags] of packets) {
    lines.add('packets', `0, ${dts}, ${pts}, 1, 100, 0x0000000a${flags === undefined ? '' : `, F=${flags}`}`);
    if (flags === undefined && !open.includes(pts)) {
      lines.add('idr', `0, ${dts}, ${pts}, 1, 80, 0x0000000b`);
      lines.add('header', `0, ${dts}, ${pts}, 1, 30, 0x0000000c`);
    }
  }
  return lines;
}

describe('lines of packets', () => {
  it('give frames in the order in which they are shown', () => {
    const lines = read([
      [-1, 0],
      [0, 2, '0x0'],
      [1, 1, '0x0'],
      [2, 3],
      [3, 4, '0x0'],
    ]);
    expect(lines.finish(READ)).toEqual({
      startSeconds: 1.5,
      frames: 5,
      keyframes: [0, 3],
      keyframeBytes: [300, 200],
      reorder: 1,
      clock: 25,
      level: 40,
      faults: [],
    });
  });

  it('tell of a frame that is missing, and of two at one moment', () => {
    expect(
      read([
        [0, 0],
        [1, 1, '0x0'],
        [2, 3, '0x0'],
      ]).finish(READ)?.faults,
    ).toEqual([{ code: 'frame-times', message: 'a frame is missing at a constant rate', at: 0.08 }]);
    expect(
      read([
        [0, 0],
        [1, 1, '0x0'],
        [2, 1, '0x0'],
      ]).finish(READ)?.faults,
    ).toEqual([{ code: 'frame-times', message: 'two frames share one moment', at: 0.08 }]);
  });

  it('tell of keyframes that are no IDR frames, hidden and damaged packets', () => {
    const lines = read(
      [
        [-2, -2, '0x5'],
        [0, 0],
        [1, 1, '0x2'],
        [2, 2],
      ],
      [2],
    );
    expect(lines.finish(READ)?.faults.map(({ code, at }) => [code, at])).toEqual([
      ['hidden-frames', 0],
      ['damaged', 0.04],
      ['open-gop', 0.08],
    ]);
  });

  it('tell of parameter sets that are not those of the header', () => {
    const lines = read([
      [0, 0],
      [1, 1],
    ]);
    lines.add('inBand', '0, 0, 0, 1, 30, 0x0000000c');
    expect(lines.finish(READ)?.faults).toEqual([]);
    lines.add('inBand', '0, 1, 1, 1, 30, 0x0000000d');
    expect(lines.finish(READ)?.faults).toMatchObject([{ code: 'parameter-sets', at: 0.04 }]);
  });

  it('of a track without packets give nothing', () => {
    expect(read([]).finish(READ)).toBeNull();
  });
});
