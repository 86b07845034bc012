import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createReporter, type Reporter } from '../../src/report/report.js';
import { demoFeed, type Timed } from './demo-feed.js';
import { FakeTerminal } from './fake-terminal.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(terminal: FakeTerminal, extra: { verbose?: boolean; rows?: number; color?: boolean } = {}): Reporter {
  return createReporter({
    mode: 'terminal',
    stdout: new FakeTerminal(1),
    stderr: terminal,
    columns: () => terminal.columns,
    rows: () => extra.rows ?? 24,
    color: extra.color ?? false,
    verbose: extra.verbose ?? false,
  });
}

function play(reporter: Reporter, feed: readonly Timed[], untilMs = Infinity): void {
  const started = Date.now();
  for (const { atMs, event } of feed) {
    if (atMs > untilMs) break;
    vi.advanceTimersByTime(started + atMs - Date.now());
    reporter.emit(event);
  }
  if (untilMs !== Infinity) vi.advanceTimersByTime(started + untilMs - Date.now());
}

describe('bars', () => {
  test('at 60 columns: names, bars, shares, speeds, ETAs and bit rates, one row each', () => {
    const terminal = new FakeTerminal(60);
    const reporter = open(terminal);
    play(reporter, demoFeed(), 10_740);
    expect(terminal.screen).toBe(
      [
        '! the sound is 0.8 s shorter than the picture',
        'holiday \\x1b[31m2024.mov → holiday 2024: 6 renditions, 2:00',
        '! damaged pictures were skipped',
        '1080p     ██████░░░░░░   50%   6.0x     ETA 0:10  4.08 Mb/s',
        '720p      ██████░░░░░░   50%   6.0x     ETA 0:10  2.28 Mb/s',
        '480p      ██████░░░░░░   50%   6.0x     ETA 0:10  1.14 Mb/s',
        '360p      ██████░░░░░░   50%   6.0x     ETA 0:10   652 kb/s',
        '240p      ██████░░░░░░   50%   6.0x     ETA 0:10   245 kb/s',
        'audio-en  ████████████  100%  18.0x         done   106 kb/s',
        'total     ██████░░░░░░   50%   6.0x     ETA 0:10  8.50 Mb/s',
        'encoding … 0:10',
      ].join('\n'),
    );
    reporter.close();
  });

  test('at 200 columns every field has room; many languages share a line', () => {
    const terminal = new FakeTerminal(200);
    const reporter = open(terminal);
    play(reporter, demoFeed({ languages: ['en', 'fr', 'ja'] }), 10_740);
    const lines = terminal.screen.split('\n');
    expect(lines.find((line) => line.startsWith('720p'))).toMatch(
      /^720p {7}█{30}░{30} {3}50% {2}150 fps {3}6\.0x {5}ETA 0:10 {2}2\.28 Mb\/s$/,
    );
    expect(lines.filter((line) => line.includes('audio'))).toEqual([expect.stringContaining('audio (3)')]);
    reporter.close();
  });

  test('no width wraps a row, and narrow ones keep the share and the ETA', () => {
    for (const columns of [12, 24, 30, 40, 47, 59, 60, 61, 80, 100, 132, 200]) {
      const terminal = new FakeTerminal(columns);
      const reporter = open(terminal);
      const [first, ...rest] = demoFeed().filter(({ event }) => event.type !== 'warning');
      const start = rest.find(({ event }) => event.type === 'start');
      reporter.emit(first!.event);
      reporter.emit(start!.event);
      const before = terminal.wraps;
      play(
        reporter,
        rest.filter(({ event }) => event.type !== 'start'),
        10_740,
      );
      expect(terminal.wraps - before, `${columns} columns`).toBe(0);
      if (columns >= 30) expect(terminal.screen).toMatch(/240p +█*░* +50% .*(ETA |-)0:10/);
      reporter.close();
    }
  });

  test('a title of unknown length shows the time reached, and no bar and no ETA', () => {
    const terminal = new FakeTerminal(100);
    const reporter = open(terminal);
    play(reporter, demoFeed({ lengthKnown: false }), 10_740);
    expect(terminal.screen).toMatch(/^720p {10}1:00 {2}150 fps {3}6\.0x {2}2\.28 Mb\/s$/m);
    expect(terminal.screen).not.toMatch(/ETA|%|█/);
    reporter.close();
  });

  test('a low terminal shows the total and as many lines as fit', () => {
    const terminal = new FakeTerminal(80);
    const reporter = open(terminal, { rows: 6 });
    play(reporter, demoFeed(), 10_740);
    expect(
      terminal.screen
        .split('\n')
        .slice(-5)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['1080p', '720p', '480p', 'total', 'encoding']);
    reporter.close();
  });

  test('redraws at most five times a second, in one write each, and not at all when nothing changes', () => {
    const terminal = new FakeTerminal(80);
    const reporter = open(terminal);
    play(reporter, demoFeed(), 4_000);
    terminal.writes = 0;
    const feed = demoFeed().filter(({ atMs, event }) => atMs > 4_000 && atMs <= 5_000 && event.type === 'progress');
    for (const { event } of feed) {
      for (let i = 0; i < 20; i++) reporter.emit(event);
      vi.advanceTimersByTime(1000 / feed.length);
    }
    expect(terminal.writes).toBeLessThanOrEqual(5);
    expect(terminal.writes).toBeGreaterThan(0);
    terminal.writes = 0;
    vi.advanceTimersByTime(100);
    expect(terminal.writes).toBeLessThanOrEqual(1);
    reporter.close();
  });

  test('after a suspension the bars start below what the shell wrote', () => {
    const terminal = new FakeTerminal(80);
    const reporter = open(terminal);
    play(reporter, demoFeed(), 10_740);
    terminal.write('\n[1]+  Stopped\n$ fg\n');
    reporter.resumed();
    expect(terminal.screen).toContain('[1]+  Stopped\n$ fg\n1080p');
    reporter.close();
    expect(terminal.screen).toMatch(/\$ fg$/);
  });
});

describe('the end', () => {
  test('bars give way to the table, the place, how to play it, and the warnings', () => {
    const terminal = new FakeTerminal(80);
    const reporter = open(terminal);
    play(reporter, demoFeed());
    reporter.close();
    expect(terminal.screen).toBe(
      [
        '! the sound is 0.8 s shorter than the picture',
        'holiday \\x1b[31m2024.mov → holiday 2024: 6 renditions, 2:00',
        '! damaged pictures were skipped',
        '✔ encoded 2:00 in 20 s (6.0x realtime)',
        '',
        '  rendition  resolution  codec        segments    average       peak     size',
        '  1080p      1920×1080   avc1.640028        20  4.00 Mb/s  4.85 Mb/s  60.0 MB',
        '  720p       1280×720    avc1.640028        20  2.24 Mb/s  2.72 Mb/s  33.6 MB',
        '  480p       854×480     avc1.640028        20  1.12 Mb/s  1.36 Mb/s  16.8 MB',
        '  360p       640×360     avc1.640028        20   640 kb/s   776 kb/s  9.60 MB',
        '  240p       426×240     avc1.640028        20   240 kb/s   291 kb/s  3.60 MB',
        '  audio-en   -           mp4a.40.2          20   102 kb/s   124 kb/s  1.54 MB',
        '  total                                                                125 MB',
        '',
        '/home/ed/holiday 2024/master.m3u8',
        'play it with any HLS player:',
        "  ffplay '/home/ed/holiday 2024/master.m3u8'",
        '',
        '2 warnings, see above',
        '',
        "watch it: mediactl play '/home/ed/holiday 2024'",
      ].join('\n'),
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the table fits into 60 columns', () => {
    const terminal = new FakeTerminal(60);
    const reporter = open(terminal);
    play(reporter, demoFeed());
    reporter.close();
    expect(terminal.wraps).toBe(0);
    expect(terminal.screen).toContain('  1080p      1920×1080   4.00 Mb/s  4.85 Mb/s  60.0 MB');
  });

  test('an error takes the bars away and leaves no timer', () => {
    const terminal = new FakeTerminal(80);
    const reporter = open(terminal);
    play(reporter, demoFeed({ end: 'error' }));
    reporter.close();
    expect(terminal.screen).not.toContain('█');
    expect(terminal.screen).toMatch(
      /\nerror: ffmpeg stopped while encoding 720p\n {2}why: .*\n {2}do: .*\n {2}\| \[libx264/,
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an unchanged title is told without a table', () => {
    const terminal = new FakeTerminal(200);
    const reporter = open(terminal);
    play(reporter, demoFeed({ end: 'unchanged' }));
    reporter.close();
    expect(terminal.screen.split('\n')[0]).toMatch(/^✔ unchanged: \/home\/ed\/holiday 2024 is up to date/);
    expect(terminal.screen).not.toContain('rendition');
  });

  test('a damaged source is not reported as plain success', () => {
    const terminal = new FakeTerminal(200);
    const reporter = open(terminal);
    play(reporter, demoFeed({ end: 'damaged' }));
    reporter.close();
    expect(terminal.screen).toMatch(/^! encoded what could be read: .*damaged/m);
    expect(terminal.screen).not.toContain('✔');
  });

  test('an error after a result is what is told', () => {
    const terminal = new FakeTerminal(200);
    const reporter = open(terminal);
    play(reporter, demoFeed());
    reporter.emit(demoFeed({ end: 'error' }).at(-1)!.event);
    reporter.close();
    expect(terminal.screen).toContain('error: ffmpeg stopped');
    expect(terminal.screen).not.toContain('encoded');
  });
});

test('commands are shown only when asked for, fit to be pasted', () => {
  for (const verbose of [true, false]) {
    const terminal = new FakeTerminal(120);
    const reporter = open(terminal, { verbose });
    play(reporter, demoFeed(), 1_000);
    expect(terminal.screen.includes("ffmpeg 720p: ffmpeg -i 'holiday 2024.mov' -vf scale=1280:720")).toBe(verbose);
    reporter.close();
  }
});

test('colour codes take no room and only appear when wanted', () => {
  const plain = new FakeTerminal(60);
  const coloured = new FakeTerminal(60);
  for (const [terminal, color] of [
    [plain, false],
    [coloured, true],
  ] as const) {
    const reporter = open(terminal, { color });
    play(reporter, demoFeed());
    reporter.close();
  }
  expect(coloured.screen).toBe(plain.screen);
  expect(coloured.wraps).toBe(plain.wraps);
});
