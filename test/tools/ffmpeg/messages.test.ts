import { describe, expect, it } from 'vitest';
import { collectMessages, isMissingStart } from '../../../src/tools/ffmpeg/messages.js';

describe('collectMessages', () => {
  it('folds errors that differ only in numbers into one kind', () => {
    const { line } = collectMessages();
    const stream = '[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55d0c0] [error] stream 0, offset 0x8ab: partial file';
    expect(line(stream)).toBe('mov: stream #, offset #: partial file');
    expect(line('[h264 @ 0x1] [error] Invalid NAL unit size (1292 > 77).')).toBe(
      'h264: Invalid NAL unit size (# > #).',
    );
    expect(line('[NULL @ 0x1] [error] missing picture in access unit with size 90')).toBe(
      'missing picture in access unit with size #',
    );
    expect(line('[h264 @ 0x1] [warning] Increasing reorder buffer')).toBeNull();
    expect(line('[null @ 0x1] [error] Application provided invalid, non monotonically increasing dts')).toBeNull();
    expect(line('[out#0/rawvideo @ 0x1] [error] Error muxing a packet: Broken pipe')).toBeNull();
    expect(line('[error] av_interleaved_write_frame(): Broken pipe')).toBeNull();
  });

  it('knows what decoders say of a recording that begins in mid-GOP', () => {
    expect(isMissingStart('h264: non-existing PPS # referenced')).toBe(true);
    expect(isMissingStart('h264: error while decoding MB # #, bytestream #')).toBe(false);
  });

  it('keeps the last twelve lines, cut to a length, without addresses', () => {
    const { line, tail } = collectMessages();
    for (let i = 0; i < 20; i++) line(`[h264 @ 0x55d0c0] [error] line ${i} ${'x'.repeat(1000)}`);
    expect(tail()).toHaveLength(12);
    expect(tail()[0]).toMatch(/^h264: line 8 x+$/);
    expect(tail()[0]?.length).toBeLessThan(410);
  });
});
