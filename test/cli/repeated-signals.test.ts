import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchSignals } from '../../src/cli/signals.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Ending = (typeof SIGNALS)[number];

let come: (signal: Ending, seconds: number) => void;
let said: string[] = [];
let forget = (): void => {};

/** Only the listeners that are looked at here hear of the signals, not those of the test runner. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  said = [];
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  watchSignals({
    abort: ({ code }) => said.push(`end: ${code}`),
    leave: ({ code }) => said.push(`leave: ${code}`),
    resumed: () => {},
  });
  const added = new Map(
    SIGNALS.map((signal) => [signal, process.listeners(signal).filter((each) => !before.get(signal)?.includes(each))]),
  );
  come = (signal, seconds) => {
    vi.setSystemTime(seconds * 1000);
    for (const listener of added.get(signal) ?? []) listener(signal);
  };
  forget = () => {
    for (const [signal, listeners] of added) for (const each of listeners) process.removeListener(signal, each);
  };
});
afterEach(() => {
  forget();
  vi.useRealTimers();
});

test('a second Ctrl-C leaves at once; one that follows within a blink is the first one’s echo', () => {
  come('SIGINT', 10);
  come('SIGINT', 10.29);
  expect(said).toEqual(['end: interrupted']);
  come('SIGINT', 10.31);
  expect(said).toEqual(['end: interrupted', 'leave: interrupted']);
});

test('another signal is no echo, however soon it comes', () => {
  come('SIGINT', 10);
  come('SIGTERM', 10.001);
  expect(said).toEqual(['end: interrupted', 'leave: terminated']);
});

test('a closed terminal may say so as often as it likes', () => {
  come('SIGHUP', 10);
  come('SIGHUP', 20);
  expect(said).toEqual(['end: hung-up']);
});
