import { expect, test } from 'vitest';
import { addressAt, frameBeside, momentOf } from '../../src/page/moment.js';

test.each([
  ['#t=90', 90],
  ['#t=1:30', 90],
  ['#t=1:02:03.5', 3723.5],
  ['#t=npt:12', 12],
  ['#t=10,20', 10],
  ['#id=1&t=7', 7],
  ['', null],
  ['#t=', null],
  ['#t=x', null],
  ['#t=1:2:3:4', null],
  ['#at=5', null],
])('%s is the moment %s', (fragment, seconds) => {
  expect(momentOf(fragment)).toBe(seconds);
});

test('the address of a moment leads to it', () => {
  const address = addressAt('http://127.0.0.1:8123/#t=3', 90.7);
  expect(address).toBe('http://127.0.0.1:8123/#t=90');
  expect(momentOf(new URL(address).hash)).toBe(90);
});

test.each([24, 24_000 / 1001, 25, 60_000 / 1001])(
  'at %d frames a second each step is one frame, on and back',
  (rate) => {
    let time = 0;
    for (let frame = 1; frame < 500; frame++) {
      time = frameBeside(time, 1, rate);
      expect(Math.floor(time * rate)).toBe(frame);
      // A player may tell the start of the frame, rounded, instead of where it was sent.
      if (frame % 3 === 0) time = Math.floor((frame / rate) * 1e6) / 1e6;
    }
    expect(Math.floor(frameBeside(time, -1, rate) * rate)).toBe(498);
    expect(frameBeside(0, -1, rate)).toBe(0);
  },
);
