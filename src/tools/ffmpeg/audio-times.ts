import type { SoundRun } from '../../model/meter.js';

/** No first frame of a track comes so long after the start that headers give. Seconds. */
const LATE_START = 2;

/**
 * An asetpts for the process that decodes. Where the sample rate changes in mid-stream, FFmpeg gives the first frame a wrong
 * time (MP3 and AAC have the rate of the frame before): it goes to 0, and FFmpeg, which writes no frame before another, puts
 * it behind the one before it. `begins`: where the track begins, in samples.
 */
export function distrustFirst(begins: number, sampleRate: number): string {
  const trusted = Math.round(Math.max(0, begins) + LATE_START * sampleRate);
  return `asetpts='if(gt(N,0)+lt(PTS,${trusted}),PTS,0)'`;
}

/** What is further than this from where it should be is moved, seconds … */
const NOTICED = 0.01;
/** … at once, also where times are unsteady … */
const CERTAIN = 0.1;
/** … and, where they are, what has been so for this many frames. */
const PERSISTENT = 25;
/** A jump is believed when it is so many times as large as the unsteadiness before it. */
const OUTSTANDING = 4;
/** How much of the unsteadiness is remembered from one frame to the next: half of it for 140 frames, some 3 s. */
const MEMORY = 0.995;

/**
 * An asetpts that makes times either go on without a seam, or jump: where frames are missing, or too many. Times are rounded
 * in many containers, and shake in recordings of live streams: to follow that would put silence and cuts into whole sound.
 * Shaking goes back and forth; a gap only goes forward. Frames whose time was not known (distrustFirst) stand a sample
 * after the one before: they are no sign of anything.
 */
export function steadyTimes(sampleRate: number): string {
  const [due, end, shake, since, off, before, start, timed] = [0, 1, 2, 3, 4, 5, 6, 7];
  const noticed = NOTICED * sampleRate;
  const steps = [
    `st(${off},PTS-ld(${due}))`,
    `st(${before},ld(${shake}))`,
    `st(${timed},not(eq(PTS-ld(${start}),1)))`,
    `st(${shake},max(${MEMORY}*ld(${shake}),if(ld(${timed}),ld(${end})-PTS)))`,
    `st(${start},PTS)`,
    `st(${end},PTS+NB_SAMPLES)`,
    // So many frames in a row too late (above 0) or too early.
    `st(${since},if(gt(ld(${off}),${noticed}),max(ld(${since}),0)+1,if(lt(ld(${off}),-${noticed}),min(ld(${since}),0)-1)))`,
    `st(${off},abs(ld(${off})))`,
  ];
  const believed = `lt(${OUTSTANDING}*ld(${before}),ld(${off}))+gte(abs(ld(${since})),${PERSISTENT})`;
  const isMoved = `not(N)+gt(ld(${off}),${CERTAIN * sampleRate})+gt(ld(${off}),${noticed})*ld(${timed})*(${believed})`;
  const time = `st(${due},if(${isMoved},PTS,ld(${due})))`;
  return `asetpts='${[...steps, time, `st(${due},ld(${due})+NB_SAMPLES)-NB_SAMPLES`].join(';')}'`;
}

/**
 * What steadyTimes makes of runs of sound, told one after the other in samples from the start of the same process: so that
 * what is measured before the filter can be counted as it comes out of it.
 */
export function steadyRuns(sampleRate: number): (run: SoundRun) => SoundRun {
  const noticed = NOTICED * sampleRate;
  let [due, end, shake, since, last] = [0, 0, 0, 0, 0];
  let isFirst = true;
  return ({ start, samples }) => {
    const off = start - due;
    const before = shake;
    const isTimed = start - last !== 1;
    shake = Math.max(MEMORY * shake, isTimed ? end - start : 0);
    last = start;
    end = start + samples;
    since = off > noticed ? Math.max(since, 0) + 1 : off < -noticed ? Math.min(since, 0) - 1 : 0;
    const by = Math.abs(off);
    const isBelieved = OUTSTANDING * before < by || Math.abs(since) >= PERSISTENT;
    if (isFirst || by > CERTAIN * sampleRate || (by > noticed && isTimed && isBelieved)) due = start;
    isFirst = false;
    const steady = { start: due, samples };
    due += samples;
    return steady;
  };
}
