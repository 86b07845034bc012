import { describe, expect, it } from 'vitest';
import { clip, type ClipName } from '../../../fixtures/clips.js';
import { rational } from '../../../src/model/rational.js';
import { readVideoPackets } from '../../../src/tools/ffmpeg/read-video-packets.js';
import { localAddress } from '../../../src/tools/input-safety.js';

async function read(name: ClipName) {
  const address = localAddress(await clip(name));
  const track = { address, format: 'mov,mp4,m4a,3gp,3g2,mj2', startSeconds: 0, depth: null, track: 0 };
  const packets = await readVideoPackets({ ...track, rate: rational(24) }, { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' });
  return packets ?? expect.unreachable();
}

describe('the packets of a video track', () => {
  it('are counted, with their IDR frames and how far they are reordered', async () => {
    const { keyframeBytes, ...packets } = await read('copyFits');
    expect(packets).toEqual({
      startSeconds: 0,
      frames: 252,
      keyframes: [0, 48, 96, 144, 192, 240],
      reorder: 2,
      clock: 12_288,
      level: 12,
      faults: [],
    });
    expect(keyframeBytes).toHaveLength(6);
    expect(Math.min(...keyframeBytes)).toBeGreaterThan(5000);
  });

  it('may have the parameter sets of the header in them, and begin late', async () => {
    const { startSeconds, keyframes, faults } = await read('copyUntagged');
    expect(faults).toEqual([]);
    expect(startSeconds).toBeCloseTo(0.021, 3);
    expect(keyframes).toEqual([0, 48, 96, 144, 192, 240]);
  });

  it.each<[ClipName, string, number]>([
    ['copyOpenGop', 'open-gop', 2],
    ['copyEditList', 'hidden-frames', 0],
    ['copyGap', 'frame-times', 4],
  ])('of %s cannot be cut: %s at %f s', async (name, code, at) => {
    const { faults } = await read(name);
    expect(faults[0]).toMatchObject({ code, at });
  });
});
