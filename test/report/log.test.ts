import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/events.js';
import { createReporter, type ReportMode } from '../../src/report/report.js';
import { demoFeed, type FeedOptions } from './demo-feed.js';
import { Recorder } from './fake-terminal.js';

function run(mode: ReportMode, options: FeedOptions, verbose = false): { stdout: string; stderr: string } {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  let ms = 1_700_000_000_000;
  const reporter = createReporter({ mode, stdout, stderr, columns: () => 100, color: false, verbose, now: () => ms });
  for (const { atMs, event } of demoFeed(options)) {
    ms = 1_700_000_000_000 + atMs;
    reporter.emit(event);
  }
  reporter.close();
  return { stdout: stdout.text, stderr: stderr.text };
}

describe('log', () => {
  test('start, each tenth, warnings once, and the result; nothing on stdout', () => {
    const { stdout, stderr } = run('log', {});
    const lines = stderr.split('\n');
    expect(stdout).toBe('');
    expect(lines[0]).toBe('[0:00] ! the sound is 0.8 s shorter than the picture');
    expect(lines[1]).toBe('[0:00] holiday \\x1b[31m2024.mov → holiday 2024: 6 renditions, 2:00');
    const tenths = lines.filter((line) => /\] \d+%/.test(line)).map((line) => /(\d+)%/.exec(line)?.[1]);
    expect(tenths).toEqual(['10', '20', '30', '40', '50', '60', '70', '80', '90', '100']);
    expect(lines.find((line) => line.includes('50%'))).toMatch(/^\[0:10\] 50%, [56]\.\dx, ETA 0:1[01]$/);
    expect(lines.filter((line) => line.includes('damaged pictures'))).toHaveLength(1);
    expect(stderr).toContain('✔ encoded 2:00 in 20 s (6.0x realtime)\n\n  rendition ');
    expect(stderr).toContain("ffplay '/home/ed/holiday 2024/master.m3u8'");
    // oxlint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  test('a slow encode says something each half minute', () => {
    const { stderr } = run('log', { seconds: 600, tookMs: 3_000_000 });
    const minutes = [...stderr.matchAll(/^\[(\d+):(\d\d)\] \d+%/gm)].map((m) => Number(m[1]) * 60 + Number(m[2]));
    expect(minutes.length).toBeGreaterThan(95);
    expect(minutes.length).toBeLessThan(115);
  });

  test('of unknown length: the time reached', () => {
    expect(run('log', { lengthKnown: false, tookMs: 70_000 }).stderr).toMatch(/^\[0:30\] 0:5\d done, 1\.7x$/m);
  });

  test('of a short clip not ten lines in a second', () => {
    const { stderr } = run('log', { seconds: 12, tookMs: 1000 });
    expect(stderr.match(/\] \d+%/g) ?? []).toHaveLength(0);
    expect(run('log', { seconds: 12, tookMs: 5000 }).stderr.match(/\] \d+%/g) ?? []).toHaveLength(2);
  });

  test('of an unchanged title: that it is, where it is, how to play it, and how to make it again', () => {
    const { stderr } = run('log', { end: 'unchanged' });
    const [headline, ...rest] = stderr.split('\n');
    expect(headline).toMatch(/^✔ unchanged: .* is up to date \(.*\); --force makes it again$/);
    expect(rest).toContain('/home/ed/holiday 2024/master.m3u8');
    expect(rest).toContain("  ffplay '/home/ed/holiday 2024/master.m3u8'");
  });

  test('of an unchanged title that is damaged, no tick', () => {
    const { stderr } = run('log', { end: 'unchanged-damaged' });
    expect(stderr).toMatch(/^! unchanged, but damaged: /m);
    expect(stderr).not.toContain('✔');
  });
});

describe('what is gone on with', () => {
  const said = (events: readonly Event[]): string => {
    const stderr = new Recorder();
    const options = { stdout: stderr, stderr, columns: () => 200, color: false, verbose: false };
    const reporter = createReporter({ mode: 'log', ...options });
    for (const event of events) reporter.emit(event);
    reporter.close();
    return stderr.text;
  };
  const rung = {
    id: 'v-1',
    name: '720p',
    kind: 'video',
    width: 1280,
    height: 720,
    bitrate: 1,
    doneSeconds: 12,
  } as const;
  const start = { type: 'start', input: 'in.mp4', output: 'out', expectedSeconds: 30, resumed: true } as const;
  const kept = {
    type: 'kept',
    folder: '/t/.a b.mediactl',
    bytes: 41_300_000,
    seconds: 12,
    expectedSeconds: 30,
  } as const;

  test('how much is kept, and when it is nothing, that', () => {
    expect(said([{ ...start, renditions: [rung] }])).toContain('1 rendition, 30 s; kept 12 s of 30 s\n');
    expect(said([{ ...start, renditions: [{ ...rung, doneSeconds: 0 }] }])).toContain(
      'no chunk of the interrupted run',
    );
    expect(said([{ ...start, resumed: false, renditions: [{ ...rung, doneSeconds: 0 }] }])).toMatch(/30 s\n$/);
  });

  test('what is left for the next run, where, and how it is removed', () => {
    const where = "41.3 MB in /t/.a b.mediactl (mediactl rm '/t/.a b.mediactl' removes it)";
    expect(said([kept])).toContain(`kept 12 s of 30 s for the next run: ${where}\n`);
    expect(said([{ ...kept, seconds: 0 }])).toContain(
      `no chunk is finished in every rendition yet; kept for the next run: ${where}`,
    );
    expect(said([{ ...kept, seconds: null }])).toContain(`unfinished work of other runs is kept: ${where}`);
  });
});

describe('quiet', () => {
  test('says nothing when all is well', () => {
    expect(run('quiet', {})).toEqual({ stdout: '', stderr: '' });
  });

  test('tells errors', () => {
    expect(run('quiet', { end: 'error' }).stderr).toMatch(/^error: ffmpeg stopped while encoding 720p\n {2}why: /);
  });
});

describe('a bucket that keeps a run waiting', () => {
  const retry = (attempt: number, waitSeconds: number): Event => ({
    type: 'retry',
    path: '',
    attempt,
    waitSeconds,
    reason: '503 backendError',
  });
  const said = (mode: ReportMode, verbose: boolean, events: readonly Event[], saysRetries = false): string => {
    const stderr = new Recorder();
    const options = { stdout: new Recorder(), stderr, columns: () => 200, color: false, verbose, now: () => 0 };
    const reporter = createReporter({ mode, saysRetries, ...options });
    for (const event of events) reporter.emit(event);
    reporter.close();
    return stderr.text;
  };

  test.each(['log', 'quiet', 'terminal'] as const)('%s: it is said once it lasts, and not all the time', (mode) => {
    const lasting = [retry(1, 0.4), retry(2, 0.9), retry(3, 1.7)];
    const lines = said(mode, false, lasting, true).match(/no usable answer.* s(?=\W)/g);
    expect(lines).toEqual(['no usable answer for the bucket: 503 backendError; tried 2 times, trying again in 0.9 s']);
    expect(said(mode, true, lasting, true).match(/no usable answer/g)).toHaveLength(3);
  });

  test('a long wait is said at once', () => {
    expect(said('log', false, [retry(1, 120)])).toContain('tried once, trying again in 2 min');
  });

  test('--quiet says nothing of it', () => {
    expect(said('quiet', false, [retry(2, 100)])).toBe('');
  });
});
