import { expect, test } from 'vitest';
import { audioTrack, mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import { withEdition } from '../../../src/stages/plan/edition.js';
import { plan } from '../../../src/stages/plan/plan.js';

const planned = plan(mediaInfo({ audio: [audioTrack()] }), planRequest());

test('another edition gives every rendition another name, and changes nothing else', () => {
  const edition = withEdition(planned, 'again');
  const own = new Set(planned.renditions.map(({ id }) => id));
  expect(edition.renditions).toHaveLength(planned.renditions.length);
  for (const { id, name, version } of edition.renditions) {
    expect(id).toBe(`${name}-${version}`);
    expect(version).toMatch(/^[0-9a-f]{8}$/);
    expect(own).not.toContain(id);
  }
  const names = planned.renditions.map(({ id, version }) => ({ id, version }));
  const back = edition.renditions.map((rendition, i) => ({ ...rendition, ...names[i] }));
  expect({ ...edition, renditions: back }).toStrictEqual(planned);
});

test('the same edition gives the same names, another one others, none its own', () => {
  expect(withEdition(planned, 'a')).toStrictEqual(withEdition(planned, 'a'));
  const ids = ['a', 'b'].flatMap((edition) => withEdition(planned, edition).renditions.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(withEdition(planned, null)).toStrictEqual(planned);
});
