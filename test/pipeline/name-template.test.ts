import { expect, test } from 'vitest';
import { expandTemplate } from '../../src/pipeline/name-template.js';

test.each([
  ['out/{dir}/{name}', 's1/ep.mp4', 'out/s1/ep'],
  ['out/{dir}/{name}', 'ep.mp4', 'out/ep'],
  ['out/{dir}/{name}', '/media/../a/./ep.1.mkv', 'out/media/a/ep.1'],
  ['{name}-{ext}', 'a b/ü.mov', 'ü-mov'],
  ['{name}.{ext}', 'noext', 'noext.'],
  ['x/{{{name}}}', 'ep.mp4', 'x/{ep}'],
  ['{dir}/{name}', 'gs://bucket/s2/ep.mov', 's2/ep'],
  ['{dir}/{name}', 'https://example.com/a/b/ep.mp4?token=1', 'a/b/ep'],
  ['plain', 'ep.mp4', 'plain'],
])('%s of %s is %s', (template, input, place) => {
  expect(expandTemplate(template, input)).toBe(place);
});

test.each([
  ['{nmae}', /did you mean \{name\}\?/],
  ['{}', /./],
  ['a{b', /./],
  ['a}b', /./],
  ['{constructor}', /./],
  ['{dir}', /add \{name\}/],
])('%s is an error', (template, hint) => {
  expect(() => expandTemplate(template, 'ep.mp4')).toThrow(
    expect.objectContaining({ code: 'usage', hint: expect.stringMatching(hint) }),
  );
});
