import { describe, expect, test } from 'vitest';
import { readAvcConfig, writeAvcConfig } from '../../../src/tools/h264/avcc.js';
import { readSps } from '../../../src/tools/h264/sps.js';

/** What x264 writes of 426×240 in High at level 2.1 with a pyramid of B-frames, and its PPS. */
const SPS = Buffer.from('67640015acd941b1fe4f016a0c0c0c800001f480005dc0078b16cb', 'hex');
const PPS = Buffer.from('68ef84f2c0', 'hex');

describe('a sequence parameter set', () => {
  test('says profile, size without what is cut off, sampling, and how far pictures are reordered', () => {
    expect(readSps(SPS)).toEqual({
      profile: 100,
      constraints: 0,
      level: 21,
      chromaFormat: 1,
      lumaDepth: 8,
      chromaDepth: 8,
      width: 426,
      height: 240,
      reordered: 2,
    });
  });

  test('that ends too soon is an error', () => {
    expect(() => readSps(SPS.subarray(0, 6))).toThrow(RangeError);
  });
});

describe('a decoder configuration record', () => {
  test('is written as FFmpeg writes it, and read again', () => {
    const record = writeAvcConfig({ sps: [SPS], pps: [PPS] });
    expect(record.toString('hex')).toBe(`01640015ffe1001b${SPS.toString('hex')}010005${PPS.toString('hex')}fdf8f800`);
    expect(readAvcConfig(record)).toEqual({ sps: [SPS], pps: [PPS] });
  });

  test('that is cut off, or has short lengths, is none', () => {
    const record = writeAvcConfig({ sps: [SPS], pps: [PPS] });
    expect(readAvcConfig(record.subarray(0, 20))).toBeNull();
    expect(readAvcConfig(Buffer.concat([record.subarray(0, 4), Buffer.from([0xfd]), record.subarray(5)]))).toBeNull();
  });
});
