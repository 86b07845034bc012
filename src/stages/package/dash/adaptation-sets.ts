import type { RenditionMeasure } from '../../../model/artifact.js';
import type { PicturePlan } from '../../../model/plan.js';
import { formatRational } from '../../../model/rational.js';
import type { AudioRendition, Rendition, VideoRendition } from '../../../model/rendition.js';
import type { ContentProtection } from './content-protection.js';
import {
  accessibility,
  channelConfiguration,
  colorProperties,
  role,
  type Descriptor,
  type Properties,
} from './descriptors.js';
import type { Attributes } from './xml.js';

/** An AdaptationSet but for its segments: renditions between which a player switches at any segment. */
export interface AdaptationSet {
  readonly attributes: Attributes;
  readonly channels: Descriptor | null;
  /** Empty: its segments are clear. */
  readonly protection: readonly ContentProtection[];
  readonly properties: Properties;
  readonly label: string | null;
  readonly accessibility: readonly Descriptor[];
  readonly role: Descriptor;
  /** All have one timescale, and segments at the same times. */
  readonly representations: readonly Representation[];
}

export interface Representation {
  readonly id: string;
  readonly attributes: Attributes;
}

type Measures = ReadonlyMap<string, RenditionMeasure>;

/** How renditions are encrypted. */
export interface Locks {
  /** Null: it is clear. */
  kidOf(rendition: Rendition): string | null;
  descriptorsOf(rendition: Rendition): readonly ContentProtection[];
}

/**
 * A set for each codec and key of the pictures (DASH-IF IOP part 6: all of a set have one key), and one for each sound that a viewer can choose, the default first. Their ids are
 * 0 and so on. Trick-play sets there are none: a Segment begins with a whole movie fragment, and the pictures that fast
 * forward wants are in the midst of ours.
 */
export function adaptationSets(
  video: readonly VideoRendition[],
  audio: readonly AudioRendition[],
  picture: PicturePlan | null,
  measures: Measures,
  locks: Locks,
): AdaptationSet[] {
  const codecs = groups(video, (rung) => `${rung.codec} ${rung.timescale} ${locks.kidOf(rung) ?? ''}`);
  const main = audio.find(({ isDefault }) => isDefault) ?? audio[0];
  const sounds = groups(
    // Players that know no roles take the first set.
    audio.toSorted((a, b) => Number(b === main) - Number(a === main)),
    (sound) => `${soundKey(sound)} ${locks.kidOf(sound) ?? ''}`,
  );
  const ids = codecs.map((_, id) => id);
  return [
    ...codecs.map((rungs, id) => videoSet(id, rungs, picture, measures, ids, locks)),
    ...sounds.map((same, index) => {
      const isMain = main !== undefined && same.includes(main);
      return audioSet(codecs.length + index, same, measures, locks, {
        isMain,
        isPreferred: isMain && sounds.length > 1,
      });
    }),
  ];
}

function videoSet(
  id: number,
  rungs: Group<VideoRendition>,
  picture: PicturePlan | null,
  measures: Measures,
  ids: readonly number[],
  locks: Locks,
): AdaptationSet {
  const others = ids.filter((other) => other !== id);
  const frameRate = picture && formatRational(picture.frameRate);
  const { essential, supplemental } = picture ? colorProperties(picture.color) : { essential: [], supplemental: [] };
  // ISO/IEC 23009-1 5.3.3.5: all show the same on the same grid.
  const switching = { scheme: 'urn:mpeg:dash:adaptation-set-switching:2016', value: others.join(',') };
  return {
    attributes: [
      ...common(id, 'video'),
      ['par', picture && `${picture.shape.num}:${picture.shape.den}`],
      ['maxWidth', Math.max(...rungs.map(({ width }) => width))],
      ['maxHeight', Math.max(...rungs.map(({ height }) => height))],
      ['maxFrameRate', frameRate],
      // Rungs have square pixels.
      ['sar', '1:1'],
      ['frameRate', frameRate],
      ['scanType', 'progressive'],
    ],
    channels: null,
    protection: locks.descriptorsOf(rungs[0]),
    properties: { essential, supplemental: others.length > 0 ? [...supplemental, switching] : supplemental },
    label: null,
    accessibility: [],
    role: role('main'),
    representations: rungs.map((rung) => ({
      id: rung.id,
      attributes: [...figures(rung.id, measures), ['width', rung.width], ['height', rung.height]],
    })),
  };
}

function audioSet(
  id: number,
  same: Group<AudioRendition>,
  measures: Measures,
  locks: Locks,
  { isMain, isPreferred }: { readonly isMain: boolean; readonly isPreferred: boolean },
): AdaptationSet {
  const [{ language, label, codec, channels, characteristics, sampleRate }] = same;
  return {
    attributes: [
      ...common(id, 'audio'),
      ['lang', LANGUAGE.test(language) ? language : 'und'],
      // 1 where nothing is said; some players else take the dearest sound.
      ['selectionPriority', isPreferred ? 2 : null],
      ['audioSamplingRate', sampleRate],
    ],
    channels: channelConfiguration(codec, channels),
    protection: locks.descriptorsOf(same[0]),
    properties: { essential: [], supplemental: [] },
    label,
    accessibility: accessibility(characteristics),
    role: role(isMain ? 'main' : 'alternate'),
    representations: same.map((rendition) => ({ id: rendition.id, attributes: figures(rendition.id, measures) })),
  };
}

/** xs:language. */
const LANGUAGE = /^[a-z]{1,8}(-[a-z0-9]{1,8})*$/i;

function common(id: number, contentType: 'video' | 'audio'): Attributes {
  return [
    ['id', id],
    ['contentType', contentType],
    ['mimeType', `${contentType}/mp4`],
    ['containerProfiles', 'cmfc'],
    ['segmentAlignment', true],
    ['startWithSAP', 1],
  ];
}

/**
 * The measured peak is what @bandwidth wants: with @minBufferTime of a whole segment in advance, no segment comes late
 * at that rate (ISO/IEC 23009-1 5.3.5.4).
 */
function figures(id: string, measures: Measures): Attributes {
  const measure = measures.get(id);
  return [
    ['id', id],
    ['codecs', measure?.codecs ?? null],
    ['bandwidth', Math.max(1, measure?.peakBitrate ?? 0)],
  ];
}

/** The same sound in several bit rates is one set. */
function soundKey({
  language,
  label,
  characteristics,
  codec,
  channels,
  sampleRate,
  timescale,
}: AudioRendition): string {
  return JSON.stringify([language, label, characteristics, codec, channels, sampleRate, timescale]);
}

type Group<T> = readonly [T, ...T[]];

/** In the order in which their first members come. */
function groups<T>(items: readonly T[], keyOf: (item: T) => string): Group<T>[] {
  const found = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group) group.push(item);
    else found.set(keyOf(item), [item]);
  }
  return [...found.values()];
}
