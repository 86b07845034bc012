import { describe, expect, test } from 'vitest';
import { readByteStream, writeByteStream } from '../../../src/tools/h264/nal-units.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('an access unit of a byte stream', () => {
  test('loses its delimiter and parameter sets, which are told beside it', () => {
    const unit = readByteStream(hex('00000001 09f0 00000001 67aabb 00000001 68cc 00000001 65112233'));
    expect(unit.data.toString('hex')).toBe('0000000465112233');
    expect(unit).toMatchObject({ isSync: true, sps: [hex('67aabb')], pps: [hex('68cc')] });
  });

  test('of several slices has a length before each, whatever their start codes', () => {
    const unit = readByteStream(hex('00000001 4111 000001 412222 00000001 4133'));
    expect(unit.data.toString('hex')).toBe('000000024111 00000003412222 000000024133'.replaceAll(' ', ''));
    expect(unit.isSync).toBe(false);
  });

  test('without a picture is empty', () => {
    expect(readByteStream(hex('00000001 09f0')).data).toHaveLength(0);
  });

  test('comes back with start codes, and before a keyframe with its parameter sets', () => {
    const sets = { sps: [hex('67aa')], pps: [hex('68bb')] };
    const bytes = writeByteStream({ data: hex('00000003 651122'), isSync: true }, sets);
    expect(Buffer.concat(bytes ?? []).toString('hex')).toBe(
      '0000000109f0 0000000167aa 0000000168bb 00000001651122'.replaceAll(' ', ''),
    );
    const other = writeByteStream({ data: hex('00000002 4111 00000002 4122'), isSync: false }, sets);
    expect(Buffer.concat(other ?? []).toString('hex')).toBe(
      '0000000109f0 000000014111 000000014122'.replaceAll(' ', ''),
    );
  });

  test('whose lengths do not add up is none', () => {
    expect(writeByteStream({ data: hex('00000009 6511'), isSync: true }, { sps: [], pps: [] })).toBeNull();
  });
});
