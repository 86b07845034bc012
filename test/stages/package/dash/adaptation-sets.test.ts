import { expect, test } from 'vitest';
import { sampleAudio, sampleRung } from '../../../../fixtures/plan.js';
import type { AudioRendition, VideoRendition } from '../../../../src/model/rendition.js';
import { adaptationSets, type AdaptationSet } from '../../../../src/stages/package/dash/adaptation-sets.js';

const rung = (name: string, timescale: number): VideoRendition => ({
  ...sampleRung(name, 640, 360, 800_000),
  timescale,
});
const sound = (id: string, changes: Partial<AudioRendition> = {}): AudioRendition => ({
  ...sampleAudio(),
  id,
  ...changes,
});
const sets = (video: readonly VideoRendition[], audio: readonly AudioRendition[]): AdaptationSet[] =>
  adaptationSets(video, audio, null, new Map(), { kidOf: () => null, descriptorsOf: () => [] });
const ids = (found: readonly AdaptationSet[]): string[][] =>
  found.map(({ representations }) => representations.map(({ id }) => id));
const attribute = (set: AdaptationSet | undefined, name: string): unknown =>
  set?.attributes.find(([key]) => key === name)?.[1];

test('pictures that cannot share a set say that one may switch between the sets', () => {
  const found = sets([rung('a', 24_000), rung('b', 12_000), rung('c', 24_000), rung('d', 6000)], []);
  expect(ids(found)).toEqual([['a-00000001', 'c-00000001'], ['b-00000001'], ['d-00000001']]);
  const scheme = 'urn:mpeg:dash:adaptation-set-switching:2016';
  expect(found.map(({ properties }) => properties.supplemental)).toEqual(
    ['1,2', '0,2', '0,1'].map((value) => [{ scheme, value }]),
  );
});

test('one set of pictures says nothing of others', () => {
  expect(sets([rung('a', 24_000)], [])[0]?.properties).toEqual({ essential: [], supplemental: [] });
});

test('one sound in several bit rates is one set, and the default comes first', () => {
  const dub = { language: 'fr', label: 'Français', isDefault: false };
  const found = sets([], [sound('fr-high', dub), sound('en-high'), sound('fr-low', dub), sound('en-low')]);
  expect(ids(found)).toEqual([
    ['en-high', 'en-low'],
    ['fr-high', 'fr-low'],
  ]);
  expect(found.map((set) => [set.role.value, attribute(set, 'id'), attribute(set, 'selectionPriority')])).toEqual([
    ['main', 0, 2],
    ['alternate', 1, null],
  ]);
});

test('without a default the first sound is it; a single one needs no preference', () => {
  const found = sets([], [sound('a', { isDefault: false }), sound('b', { isDefault: false, label: 'B' })]);
  expect(found.map(({ role }) => role.value)).toEqual(['main', 'alternate']);
  expect(attribute(sets([], [sound('a')])[0], 'selectionPriority')).toBeNull();
});

test.each([
  [1, '1'],
  [2, '2'],
  [6, '6'],
  [8, '12'],
  [9, null],
])('%i channels', (channels, value) => {
  const [set] = sets([], [sound('a', { channels })]);
  const scheme = 'urn:mpeg:mpegB:cicp:ChannelConfiguration';
  expect(set?.channels).toEqual(value === null ? null : { scheme, value });
});
