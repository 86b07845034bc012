import type { Size } from '../../model/media.js';

/** Filters that brightness is mapped with; zscale is not in every FFmpeg. */
export const TONE_MAP_FILTERS = ['zscale', 'lutrgb'] as const;

/**
 * From PQ or HLG in BT.2020 to SDR in BT.709 at `size`: scaled, brought to PQ on BT.709's primaries, each channel
 * bent by the curve of BT.2390, and written for a display of 100 cd/m². By channel, because what is brighter than the
 * display then goes towards white as on film and keeps its detail; FFmpeg's own tonemap filter holds the hue instead,
 * and makes flat patches of full colour out of it.
 */
export function toneMapFilters(from: 'pq' | 'hlg', range: 'tv' | 'pc', { width, height }: Size): string[] {
  const transfer = from === 'pq' ? 'smpte2084' : 'arib-std-b67';
  const curve = `'${curveExpression()}'`;
  return [
    `zscale=w=${width}:h=${height}:f=bicubic:tin=${transfer}:min=bt2020nc:pin=bt2020:rin=${range}` +
      ':t=smpte2084:p=bt709:m=gbr:r=pc:npl=100',
    'format=gbrp12le',
    `lutrgb=r=${curve}:g=${curve}:b=${curve}`,
    'zscale=tin=bt709:pin=bt709:rin=pc:t=bt709:p=bt709:m=bt709:r=tv',
  ];
}

/**
 * The brightest light the curve has room for, cd/m². Masters are made on displays of 1000 to 4000; the room they
 * leave costs little: diffuse white (203 cd/m², BT.2408) comes out at 88 % of the signal, a grey card at 55 %.
 */
const SOURCE_PEAK = 4000;
const DISPLAY_PEAK = 100;
/** BT.1886. */
const DISPLAY_GAMMA = 2.4;

// SMPTE ST 2084: 10 000 cd/m² is 1.
const M1 = 2610 / 16384;
const M2 = (2523 / 4096) * 128;
const C1 = 3424 / 4096;
const C2 = (2413 / 4096) * 32;
const C3 = (2392 / 4096) * 32;

/** A channel of PQ to the same channel of BT.709, in FFmpeg's expression language: the EETF of BT.2390, 5.4.1. */
function curveExpression(): string {
  const peak = toPq(SOURCE_PEAK);
  const target = toPq(DISPLAY_PEAK) / peak;
  const knee = 1.5 * target - 0.5;
  const hermite =
    `(1+ld(1)*ld(1)*(2*ld(1)-3))*${figure(knee)}+ld(1)*(1-ld(1))*(1-ld(1))*${figure(1 - knee)}` +
    `+ld(1)*ld(1)*(3-2*ld(1))*${figure(target)}`;
  return [
    `st(0,min(val/maxval/${figure(peak)},1))`,
    `st(1,(ld(0)-${figure(knee)})/${figure(1 - knee)})`,
    `st(0,pow(if(lt(ld(0),${figure(knee)}),ld(0),${hermite})*${figure(peak)},${figure(1 / M2)}))`,
    `st(0,pow(max(ld(0)-${figure(C1)},0)/(${figure(C2)}-${figure(C3)}*ld(0)),${figure(1 / M1)}))`,
    `maxval*pow(min(${10_000 / DISPLAY_PEAK}*ld(0),1),${figure(1 / DISPLAY_GAMMA)})`,
  ].join(';');
}

function toPq(nits: number): number {
  const light = (nits / 10_000) ** M1;
  return ((C1 + C2 * light) / (1 + C3 * light)) ** M2;
}

function figure(value: number): string {
  return String(Number(value.toFixed(9)));
}
