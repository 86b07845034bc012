import type { Rational } from '../../../model/rational.js';
import type { AdaptationSet } from './adaptation-sets.js';
import { PROTECTION_NAMESPACES, protectionElement } from './content-protection.js';
import type { Descriptor } from './descriptors.js';
import { isoDuration } from './duration.js';
import { closeTag, element, openTag, textElement, type Attributes } from './xml.js';

/** What holds for the whole presentation, seconds. */
export interface Presentation {
  readonly duration: Rational;
  readonly longestSegment: Rational;
  /** Some of its sets are encrypted. */
  readonly isProtected: boolean;
}

/** How the files of all renditions are named, and their clock. */
export interface Addressing {
  readonly timescale: number;
  /** Of the initialization segments, and without a dot of the media segments. */
  readonly init: string;
  readonly extension: string;
}

const NAMESPACE = 'urn:mpeg:dash:schema:mpd:2011';

/** ISO/IEC 23009-1 8.4 (SegmentTemplate, aligned segments that begin with SAP 1 to 3) and 8.12 (CMAF). */
const PROFILES = 'urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019';

/** The manifest until its first AdaptationSet. It is finished: no time of day is in it. */
export function mpdHead({ duration, longestSegment, isProtected }: Presentation): string {
  const longest = isoDuration(longestSegment);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    openTag(0, 'MPD', [
      ['xmlns', NAMESPACE],
      ...(isProtected ? PROTECTION_NAMESPACES : []),
      ['xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance'],
      ['xsi:schemaLocation', `${NAMESPACE} DASH-MPD.xsd`],
      ['profiles', PROFILES],
      ['type', 'static'],
      ['mediaPresentationDuration', isoDuration(duration)],
      ['maxSegmentDuration', longest],
      ['minBufferTime', longest],
    ]) +
    openTag(2, 'Period', [
      ['id', '0'],
      ['start', 'PT0S'],
    ])
  );
}

export function mpdFoot(): string {
  return closeTag(2, 'Period') + closeTag(0, 'MPD');
}

/** An AdaptationSet until the S elements of its timeline. The order of the elements is the schema's. */
export function setHead(set: AdaptationSet, { timescale, init, extension }: Addressing): string {
  const list = (name: string, descriptors: readonly Descriptor[]): string =>
    descriptors.map((one) => element(6, name, asAttributes(one))).join('');
  return (
    openTag(4, 'AdaptationSet', set.attributes) +
    list('AudioChannelConfiguration', set.channels ? [set.channels] : []) +
    set.protection.map((one) => protectionElement(6, one)).join('') +
    list('EssentialProperty', set.properties.essential) +
    list('SupplementalProperty', set.properties.supplemental) +
    (set.label === null ? '' : textElement(6, 'Label', set.label)) +
    list('Accessibility', set.accessibility) +
    list('Role', [set.role]) +
    openTag(6, 'SegmentTemplate', [
      ['timescale', timescale],
      ['initialization', `$RepresentationID$/${init}`],
      ['media', `$RepresentationID$/$Number%05d$.${extension}`],
      ['startNumber', 0],
    ]) +
    openTag(8, 'SegmentTimeline', [])
  );
}

/** The rest of an AdaptationSet. */
export function setFoot({ representations }: AdaptationSet): string {
  return (
    closeTag(8, 'SegmentTimeline') +
    closeTag(6, 'SegmentTemplate') +
    representations.map(({ attributes }) => element(6, 'Representation', attributes)).join('') +
    closeTag(4, 'AdaptationSet')
  );
}

function asAttributes({ scheme, value }: Descriptor): Attributes {
  return [
    ['schemeIdUri', scheme],
    ['value', value],
  ];
}
