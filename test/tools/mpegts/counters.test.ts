import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audioSegments, probePackets, videoSegments } from '../../../fixtures/segments.js';
import { continueCounters } from '../../../src/tools/mpegts/counters.js';
import { scanTransportStream } from '../../../src/tools/mpegts/scan.js';

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'counters-'));
  const base = { size: '160x90', rate: '24', gop: 24, seconds: 6, segmentSeconds: 2 };
  await videoSegments(path.join(folder, 'video'), base);
  await audioSegments(path.join(folder, 'audio'), { seconds: 6, segmentSeconds: 2, sampleRate: 48_000 });
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const read = (...names: string[]): Promise<Buffer> => fs.readFile(path.join(folder, ...names));
const [PAT, PMT, SDT, STREAM] = [0, 0x1000, 0x11, 0x100];

/** A packet of the elementary stream: with an adaptation field when its payload is short. */
function packet(counter: number, payload: string, start = false): Buffer {
  const body = Buffer.from(payload, 'hex');
  const stuffing = 184 - body.length;
  const field =
    stuffing === 0 ? [] : stuffing === 1 ? [0] : [stuffing - 1, 0, ...Array<number>(stuffing - 2).fill(0xff)];
  const header = [0x47, start ? 0x41 : 0x01, 0x00, (stuffing === 0 ? 0x10 : 0x30) | counter];
  return Buffer.concat([Buffer.from([...header, ...field]), body]);
}

const PES = '000001e000008080052100010001';
const golden = (...payloads: readonly string[]): Buffer =>
  Buffer.concat(payloads.map((payload, i) => packet(i, payload, payload.startsWith(PES))));
const middle = { index: 5, carry: 9, endsChunk: false };

describe('golden packets', () => {
  test('in the middle of a chunk only the counter changes', () => {
    const payloads = [PES + '11'.repeat(170), '22'.repeat(184), '33'.repeat(7)];
    expect(continueCounters(golden(...payloads), middle)).toEqual({
      bytes: Buffer.concat(payloads.map((payload, i) => packet(9 + i, payload, i === 0))),
      carry: 12,
    });
  });

  test('at the end of a chunk the last bytes are spread over as many packets as bring the counter round', () => {
    const payloads = [PES + '11'.repeat(170), '0102030405'];
    expect(continueCounters(golden(...payloads), { index: 5, carry: 11, endsChunk: true })).toEqual({
      bytes: Buffer.concat([
        packet(11, payloads[0] ?? '', true),
        ...['0102', '03', '04', '05'].map((payload, i) => packet(12 + i, payload)),
      ]),
      carry: 0,
    });
  });

  test('where the last packet has too few bytes, those before it are spread, too', () => {
    const payloads = [PES + '11'.repeat(170), '010203', '0405'];
    expect(continueCounters(golden(...payloads), { index: 5, carry: 10, endsChunk: true }).bytes).toEqual(
      Buffer.concat([
        packet(10, payloads[0] ?? '', true),
        ...['01', '02', '03', '04', '05'].map((payload, i) => packet(11 + i, payload)),
      ]),
    );
  });

  test('a PES header stays in one packet, with the clock reference before it', () => {
    const bytes = packet(0, PES + 'aa'.repeat(16), true);
    // PCR_flag, and a PCR in the first bytes of the field.
    bytes.set([0x10, 1, 2, 3, 4, 5, 6], 5);
    const { bytes: out, carry } = continueCounters(Buffer.from(bytes), { index: 0, carry: 6, endsChunk: true });
    expect([out.length / 188, carry]).toEqual([10, 0]);
    expect(out.subarray(0, 4).toString('hex')).toBe('47410036');
    expect(out.subarray(5, 12)).toEqual(bytes.subarray(5, 12));
    expect(out.subarray(4 + 184 - 21, 188).toString('hex')).toBe(PES + 'aa'.repeat(7));
    expect(out.subarray(188, 192).toString('hex')).toBe('47010037');
    expect(
      out
        .subarray(9 * 188)
        .subarray(-2)
        .toString('hex'),
    ).toBe('ffaa');
  });

  test('what is too short to bring the counter round says so', () => {
    const place = { index: 0, carry: 1, endsChunk: true };
    expect(continueCounters(packet(0, `${PES}0102030405060708`, true), place).carry).toBe(4);
  });

  test('a gap stays a gap, and a repeated packet one', () => {
    const bytes = Buffer.concat([
      packet(0, '11'.repeat(184)),
      packet(2, '22'.repeat(184)),
      packet(2, '33'.repeat(184)),
    ]);
    const { bytes: out } = continueCounters(bytes, middle);
    expect([0, 1, 2].map((i) => (out[188 * i + 3] ?? 0) & 0xf)).toEqual([9, 11, 11]);
  });

  test('null packets keep their counters', () => {
    const nothing = Buffer.alloc(188, 0xff);
    nothing.set([0x47, 0x1f, 0xff, 0x17]);
    const { bytes } = continueCounters(Buffer.concat([packet(0, '11'.repeat(184)), nothing]), middle);
    expect(bytes.subarray(188)).toEqual(nothing);
  });

  test('a second elementary stream is refused', () => {
    const second = packet(0, '11'.repeat(184));
    second.writeUInt16BE(0x0101, 1);
    expect(() => continueCounters(Buffer.concat([golden(PES), second]), middle)).toThrow('not a sound MPEG transport');
  });
});

describe.each(['video', 'audio'])('%s of FFmpeg', (kind) => {
  test('goes on from segment to segment, with the same packets at the same times', async () => {
    let carry = 0;
    const last = new Map<number, number>();
    for (const [index, file] of ['00000.ts', '00001.ts', '00002.ts'].entries()) {
      const before = scanTransportStream(await read(kind, file));
      const packets = await probePackets(path.join(folder, kind, file));
      const closed = continueCounters(await read(kind, file), { index, carry, endsChunk: index === 2 });
      await fs.writeFile(path.join(folder, 'closed.ts'), closed.bytes);
      const after = scanTransportStream(closed.bytes);

      expect([...after.counters.keys()].toSorted((a, b) => a - b)).toEqual([PAT, SDT, STREAM, PMT]);
      for (const [pid, run] of after.counters) {
        if (index > 0) expect([pid, run.first]).toEqual([pid, ((last.get(pid) ?? 0) + 1) & 0xf]);
        last.set(pid, run.last);
      }
      for (const pid of [PAT, SDT, PMT]) expect(after.counters.get(pid)).toEqual({ first: index, last: index });
      expect(withoutPlaces(await probePackets(path.join(folder, 'closed.ts')))).toEqual(withoutPlaces(packets));
      expect({ ...after.audio, codecs: null }).toEqual({ ...before.audio, codecs: null });
      expect(after.video?.keyframes.map(({ pts }) => pts)).toEqual(before.video?.keyframes.map(({ pts }) => pts));
      ({ carry } = closed);
    }
    expect([carry, last.get(STREAM)]).toEqual([0, 15]);
  });
});

const withoutPlaces = (packets: Awaited<ReturnType<typeof probePackets>>): unknown[] =>
  packets.map(({ pts, key, size }) => ({ pts, key, size }));
