import { colorCodes } from '../../../model/color-codes.js';
import type { AudioCodec } from '../../../model/encoders.js';
import type { OutputColor } from '../../../model/plan.js';

/** An element of DescriptorType: AudioChannelConfiguration, Role, Accessibility, properties (ISO/IEC 23009-1 5.8.2). */
export interface Descriptor {
  readonly scheme: string;
  readonly value: string;
}

export interface Properties {
  /** A player that does not know one leaves the set alone. */
  readonly essential: readonly Descriptor[];
  readonly supplemental: readonly Descriptor[];
}

const ROLE = 'urn:mpeg:dash:role:2011';

/** The value of @main is what a player takes when nobody chooses (ISO/IEC 23009-1 5.8.5.5). */
export function role(value: 'main' | 'alternate'): Descriptor {
  return { scheme: ROLE, value };
}

type Codes = Readonly<Record<string, number>>;

/** Without tone mapping, a picture of these looks wrong on a screen that does not know them. */
const HDR = new Set(['smpte2084', 'arib-std-b67']);

/**
 * What a player must know of the colours before it loads anything. BT.709 is what all take for granted; other SDR colours
 * are told, and are in the stream too; HDR must be understood.
 */
export function colorProperties(color: OutputColor): Properties {
  const { primaries, transfer, matrix } = colorCodes(color);
  const pairs = [
    { kind: 'ColourPrimaries', code: primaries },
    { kind: 'TransferCharacteristics', code: transfer },
    { kind: 'MatrixCoefficients', code: matrix },
  ];
  const isUsual = pairs.every(({ code }) => code === 1);
  const told = isUsual
    ? []
    : pairs.flatMap(({ kind, code }) =>
        code === undefined ? [] : [{ scheme: `urn:mpeg:mpegB:cicp:${kind}`, value: String(code) }],
      );
  return HDR.has(color.transfer) ? { essential: told, supplemental: [] } : { essential: [], supplemental: told };
}

/** ChannelConfiguration of ISO/IEC 23091-3 by number of channels, as encoders place them. */
const CICP_CHANNELS: Codes = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 11, 8: 12 };

/** How each codec's channels are told. */
const CHANNELS: Readonly<Record<AudioCodec, (channels: number) => Descriptor | null>> = { aac: cicpChannels };

/** Null: there is no number for so many channels. */
export function channelConfiguration(codec: AudioCodec, channels: number): Descriptor | null {
  return CHANNELS[codec](channels);
}

function cicpChannels(channels: number): Descriptor | null {
  const code = CICP_CHANNELS[channels];
  return code === undefined ? null : { scheme: 'urn:mpeg:mpegB:cicp:ChannelConfiguration', value: String(code) };
}

/** HLS CHARACTERISTICS, and what DASH has for each (ETSI TS 103 285 table 4; AudioPurposeCS of TV-Anytime). */
const ACCESSIBILITY: Readonly<Record<string, Descriptor>> = {
  'public.accessibility.describes-video': { scheme: 'urn:tva:metadata:cs:AudioPurposeCS:2007', value: '1' },
  'public.accessibility.enhances-speech-intelligibility': {
    scheme: 'urn:tva:metadata:cs:AudioPurposeCS:2007',
    value: '2',
  },
};

export function accessibility(characteristics: string | null): Descriptor[] {
  return (characteristics ?? '').split(',').flatMap((name) => ACCESSIBILITY[name.trim()] ?? []);
}
