import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * What may befall a second of a track on its way. `remove`: what follows moves up. `double`: it comes twice. `delay`: it and
 * all after it come a second later. `freeze`: it does not come, and what follows comes in time.
 */
export type FaultKind = 'remove' | 'double' | 'delay' | 'freeze';

export interface Fault {
  readonly kind: FaultKind;
  /** Where it begins, seconds of the clip. */
  readonly at: number;
}

/** Faults of the two tracks of one clip. */
export interface Faults {
  readonly video: readonly Fault[];
  readonly audio: readonly Fault[];
}

/** Numbers from 0 to 1 that are the same for each seed (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Three faults a track. Those that move what follows must not make up for each other, as one second taken out and another
 * doubled would: the length tells of them. Places are a second and more apart, on whole tenths, which are whole frames too.
 */
export function drawFaults(seed: number, seconds: number): Faults {
  const chance = chanceOf(seed);
  const track = (): Fault[] => {
    const moving = (['remove', 'double', 'delay'] as const)[Math.floor(chance() * 3)] ?? 'delay';
    const third = seconds / 3;
    const kinds: FaultKind[] = ['freeze', 'freeze'];
    kinds.splice(Math.floor(chance() * 3), 0, moving);
    return kinds.map((kind, i) => ({ kind, at: Math.round(10 * (i * third + 1 + chance() * (third - 3))) / 10 }));
  };
  return { video: track(), audio: track() };
}

/** How much longer the faults make a track, seconds. */
export function lengthened(faults: readonly Fault[]): number {
  return faults.reduce((sum, { kind }) => sum + { remove: -1, double: 1, delay: 1, freeze: 0 }[kind], 0);
}

/** Where a track with these faults has nothing for a second, seconds of the faulty track. */
export function holesOf(faults: readonly Fault[]): number[] {
  return faults.flatMap(({ kind, at }, i) =>
    kind === 'freeze' || kind === 'delay' ? [at + lengthened(faults.slice(0, i))] : [],
  );
}

/** Writes what becomes of `clip` (MP4, `seconds` long) on a way with these faults. */
export async function makeFaulty(
  clip: string,
  seconds: number,
  { video, audio }: Faults,
  output: string,
): Promise<void> {
  const graph = [...partsOf('0:v', '', seconds, video), ...partsOf('0:a', 'a', seconds, audio)].join(';');
  await promisify(execFile)('ffmpeg', [
    ...['-nostdin', '-y', '-v', 'error', '-i', clip, '-filter_complex', graph, '-map', '[v]', '-map', '[a]'],
    ...['-fps_mode', 'passthrough', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'],
    ...['-c:a', 'aac', '-f', 'mov', output],
  ]);
}

/** The parts between the faults, each put to its time, one after the other. (a)interleave counts in microseconds. */
function partsOf(input: string, a: '' | 'a', seconds: number, faults: readonly Fault[]): string[] {
  const parts: { readonly from: number; readonly to: number; readonly shift: number }[] = [];
  let from = 0;
  let shift = 0;
  for (const { kind, at } of faults) {
    // A second that comes twice ends the part before it, and begins the one after it.
    parts.push({ from, to: kind === 'double' ? at + 1 : at, shift });
    shift += lengthened([{ kind, at }]);
    from = kind === 'remove' || kind === 'freeze' ? at + 1 : at;
  }
  parts.push({ from, to: seconds, shift });
  const name = a || 'v';
  const labels = parts.map((_, i) => `[${name}${i}]`);
  return [
    `[${input}]${a}split=${parts.length}${parts.map((_, i) => `[${name}in${i}]`).join('')}`,
    ...parts.map(
      (part, i) =>
        `[${name}in${i}]${a}trim=${part.from}:${part.to},${a}setpts=PTS+${part.shift}/TB,${a}settb=1/1000000${labels[i]}`,
    ),
    `${labels.join('')}${a}interleave=nb_inputs=${parts.length}[${name}]`,
  ];
}
