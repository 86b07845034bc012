import { MediactlError } from '../../errors.js';
import { VIDEO_ENCODERS } from '../../model/encoders.js';
import type { RateControl } from '../../model/preset.js';
import type { VideoRate } from '../../model/rendition.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';
import type { RungSize } from './rung-size.js';

/** A rung with its rate. */
export interface RatedRung extends RungSize {
  readonly rate: VideoRate;
}

/** Apple HLS authoring 1.30: the peak should be at most twice the average. */
const DEFAULT_PEAK_RATIO = 1.5;

/** Decides the rate of each rung from the ladder and what was asked for. Throws `usage` for figures out of range. */
export function planRates(rungs: readonly RungSize[], request: PlanRequest, notes: PlanNotes): RatedRung[] {
  const control = chooseControl(request);
  const asked = [
    ...(request.rateControl === null ? [] : ['--rate-control']),
    ...(request.crf === null ? [] : ['--crf']),
  ];
  notes.decide(
    'rate control',
    control.mode === 'crf'
      ? `constant quality (crf ${control.crf}), capped`
      : `average bit rate, peaks up to ×${control.peakRatio}`,
    asked.length > 0 ? `set with ${asked.join(' and ')}` : `the ladder "${request.ladder.name}"`,
  );
  return rungs.map((rung) => ({ ...rung, rate: rateOf(control, rung.bitrate) }));
}

function chooseControl({ ladder, rateControl, crf }: PlanRequest): RateControl {
  const preset = ladder.video.rateControl;
  const mode = rateControl ?? preset.mode;
  if (mode === 'abr') {
    if (crf !== null) {
      throw new MediactlError('usage', '--crf has no meaning with an average bit rate', {
        reason: rateControl === 'abr' ? '--rate-control abr was asked for' : `the ladder "${ladder.name}" uses abr`,
        hint: rateControl === 'abr' ? 'leave out one of the two' : 'add --rate-control crf',
      });
    }
    return preset.mode === 'abr'
      ? preset
      : { mode, peakRatio: DEFAULT_PEAK_RATIO, bufferSeconds: preset.bufferSeconds };
  }
  const { least, most, usual } = VIDEO_ENCODERS[ladder.video.encoder].quality;
  if (crf !== null && !(crf >= least && crf <= most)) {
    throw new MediactlError('usage', `--crf ${crf} is out of range`, {
      reason: `the ladder "${ladder.name}" encodes with ${ladder.video.encoder}`,
      hint: `choose from ${least} (best) to ${most} (smallest); around ${usual} is usual`,
    });
  }
  // A ladder made for abr does not give a quality.
  return { mode, crf: crf ?? (preset.mode === 'crf' ? preset.crf : usual), bufferSeconds: preset.bufferSeconds };
}

function rateOf(control: RateControl, bitrate: number): VideoRate {
  if (control.mode === 'crf') {
    return {
      mode: 'crf',
      crf: control.crf,
      maxBitrate: bitrate,
      bufferBits: Math.round(bitrate * control.bufferSeconds),
    };
  }
  const maxBitrate = Math.round(bitrate * control.peakRatio);
  return { mode: 'abr', bitrate, maxBitrate, bufferBits: Math.round(maxBitrate * control.bufferSeconds) };
}
