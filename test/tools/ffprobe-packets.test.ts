import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPackets, type PacketTimes } from '../../src/tools/ffprobe-packets.js';
import { localAddress } from '../../src/tools/input-safety.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-packets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LINES = '0,1.423222,1.400000,0.040000,564\\n1,N/A,2.5,N/A,N/A,side data\\nnonsense\\n';

/** Reads by an ffprobe that prints these lines and then ends in its way. */
async function read(
  ending: string,
): Promise<{ packets: PacketTimes[]; places: (number | null)[]; looks: (readonly string[])[] }> {
  const ffprobe = join(folder, 'fake');
  await writeFile(ffprobe, `#!/bin/sh\nprintf '${LINES}'\n${ending}\n`);
  await chmod(ffprobe, 0o755);
  const packets: PacketTimes[] = [];
  const places: (number | null)[] = [];
  const looks: (readonly string[])[] = [];
  const tools = { ffmpeg: 'ffmpeg', ffprobe, onLook: (argv: readonly string[]) => void looks.push(argv) };
  await readPackets(localAddress('/a.ts'), tools, (packet, at) => {
    packets.push(packet);
    places.push(at);
  });
  return { packets, places, looks };
}

describe('readPackets', () => {
  it('tells of each packet, with null for what is not known, and of its own command', async () => {
    const { packets, places, looks } = await read('exit 0');
    expect(places).toEqual([564, null]);
    expect(packets).toEqual([
      { stream: 0, pts: 1.423222, dts: 1.4, duration: 0.04 },
      { stream: 1, pts: null, dts: 2.5, duration: null },
    ]);
    expect(looks).toEqual([expect.arrayContaining([join(folder, 'fake'), 'file:/a.ts'])]);
  });

  it.each([
    ['it ended with exit code 1', 'exit 1'],
    ['it was killed by SIGKILL', 'kill -9 $$'],
  ])('does not take what was read for the whole when %s', async (reason, ending) => {
    await expect(read(ending)).rejects.toMatchObject({ code: 'input-unreadable', reason });
  });
});
