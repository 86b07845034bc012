import { expect, test } from 'vitest';
import { chaptersOf, lightOf } from '../../../src/stages/probe/extras.js';
import type { FfprobeSideData } from '../../../src/tools/ffprobe.js';

const NOTHING: FfprobeSideData = {
  side_data_type: null,
  displaymatrix: null,
  rotation: null,
  dv_profile: null,
  dv_bl_signal_compatibility_id: null,
  max_content: null,
  max_average: null,
  max_luminance: null,
};

test('chapters are in order, with their names where they have some', () => {
  const chapters = [
    { start_time: 60, end_time: 90.5, tags: { title: ' The end ' } },
    { start_time: 0, end_time: null, tags: {} },
    { start_time: null, end_time: 3, tags: { title: 'nowhere' } },
  ];
  expect(chaptersOf({ chapters })).toEqual({
    chapters: [
      { startSeconds: 0, endSeconds: null, title: null },
      { startSeconds: 60, endSeconds: 90.5, title: 'The end' },
    ],
  });
  expect(chaptersOf({})).toEqual({});
});

test('light levels of HDR10, where there are some; zero says that they are not known', () => {
  const level = { ...NOTHING, side_data_type: 'Content light level metadata', max_content: 1000, max_average: 0 };
  const mastering = {
    ...NOTHING,
    side_data_type: 'Mastering display metadata',
    max_luminance: '40000000/10000',
  };
  expect(lightOf([NOTHING, level, mastering])).toEqual({ light: { maxCll: 1000, maxFall: null, masteringPeak: 4000 } });
  expect(lightOf([{ ...mastering, max_luminance: '0/0' }])).toEqual({});
  expect(lightOf([NOTHING])).toEqual({});
});
