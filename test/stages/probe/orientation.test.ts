import { describe, expect, it } from 'vitest';
import {
  fromMatrix,
  parseDisplayMatrix,
  readOrientation,
  type DisplayMatrix,
} from '../../../src/stages/probe/orientation.js';

const NOTHING = { displayMatrix: null, rotation: null, rotateTag: null };

// What ffprobe prints for an iPhone held upright.
const IPHONE =
  '\n00000000:            0       65536           0\n00000001:       -65536           0           0\n00000002:     70778880           0  1073741824\n';

describe('orientation', () => {
  it.each<[name: string, matrix: DisplayMatrix, mirror: boolean, clockwise: number]>([
    ['as it is', [1, 0, 0, 1], false, 0],
    ['a quarter', [0, 1, -1, 0], false, 90],
    ['upside down', [-1, 0, 0, -1], false, 180],
    ['three quarters', [0, -1, 1, 0], false, 270],
    ['mirrored left-right', [-1, 0, 0, 1], true, 0],
    ['mirrored, a quarter (the main diagonal)', [0, -1, -1, 0], true, 90],
    ['mirrored top-bottom', [1, 0, 0, -1], true, 180],
    ['mirrored, three quarters (the other diagonal)', [0, 1, 1, 0], true, 270],
  ])('reads %s', (_, matrix, mirror, clockwise) => {
    const { orientation, warning } = fromMatrix(matrix.map((part) => part * 65536) as unknown as DisplayMatrix);
    expect(orientation).toEqual({ mirror, clockwise });
    expect(warning).toBeNull();
    // Mirror x, then turn: the picture's right edge must land where the matrix sends it.
    const radians = (clockwise * Math.PI) / 180;
    const sign = mirror ? -1 : 1;
    expect([Math.cos(radians) * sign, Math.sin(radians) * sign].map(Math.round).map((n) => n + 0)).toEqual(
      matrix.slice(0, 2),
    );
  });

  it("reads ffprobe's dump", () => {
    expect(parseDisplayMatrix(IPHONE)).toEqual([0, 65536, -65536, 0]);
    expect(readOrientation({ ...NOTHING, displayMatrix: IPHONE, rotation: -90 }).orientation).toEqual({
      mirror: false,
      clockwise: 90,
    });
  });

  it('believes the matrix, which knows of mirroring, before the angle', () => {
    const mirrored = IPHONE.replace('      65536 ', '     -65536 ');
    expect(readOrientation({ ...NOTHING, displayMatrix: mirrored, rotation: -90 }).orientation.mirror).toBe(true);
  });

  it('takes the angle counter-clockwise and the old tag clockwise', () => {
    expect(readOrientation({ ...NOTHING, rotation: -90 }).orientation.clockwise).toBe(90);
    expect(readOrientation({ ...NOTHING, rotation: 90, rotateTag: '90' }).orientation.clockwise).toBe(270);
    expect(readOrientation({ ...NOTHING, rotateTag: '90' }).orientation.clockwise).toBe(90);
    expect(readOrientation({ ...NOTHING, rotateTag: 'nonsense' }).orientation.clockwise).toBe(0);
    expect(readOrientation(NOTHING).orientation).toEqual({ mirror: false, clockwise: 0 });
  });

  it('goes to the nearest quarter and says so', () => {
    const { orientation, warning } = readOrientation({ ...NOTHING, rotation: -100 });
    expect(orientation.clockwise).toBe(90);
    expect(warning?.code).toBe('rotation-rounded');
    expect(warning?.message).toContain('100°');
    expect(readOrientation({ ...NOTHING, rotation: -90.4 }).warning).toBeNull();
  });

  it('ignores a matrix that flattens the picture', () => {
    const flat = '\n00000000: 0 0 0\n00000001: 0 0 0\n00000002: 0 0 1073741824\n';
    expect(readOrientation({ ...NOTHING, displayMatrix: flat }).orientation).toEqual({ mirror: false, clockwise: 0 });
  });
});
