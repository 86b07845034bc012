import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, planRequest, videoTrack } from '../../fixtures/media-info.js';
import type { MediaInfo } from '../../src/model/media.js';
import { renderPlan, type PlanCommand } from '../../src/report/plan-text.js';
import { displayWidth, padTo, wrap } from '../../src/report/wrap.js';
import { plan } from '../../src/stages/plan/plan.js';
import { schedule } from '../../src/stages/plan/schedule.js';

const COMMANDS = [{ label: 'decode', shell: `ffmpeg -i 'my film.mp4' ${'-x '.repeat(80)}out` }];

const media = mediaInfo({
  source: { path: 'my film.mp4' },
  video: [videoTrack({ size: [640, 360], realFrameRate: { num: 600, den: 1 }, averageFrameRate: { num: 29, den: 1 } })],
  audio: [
    audioTrack(),
    audioTrack({ index: 2, language: 'ja', title: '日本語 5.1', channels: 6, channelLayout: '5.1' }),
  ],
  text: [
    {
      index: 3,
      codec: 'subrip',
      form: 'text',
      isForced: false,
      startSeconds: 0,
      durationSeconds: null,
      language: 'fr',
      title: null,
      isDefault: false,
    },
  ],
  warnings: [{ code: 'lost', message: 'something was lost', count: 3 }],
});

function text(source: MediaInfo, commands: readonly PlanCommand[], columns: number, color = false): string {
  const made = plan(source, planRequest());
  const machine = { cores: 4, platform: 'linux', memoryBytes: 8e9 } as const;
  return renderPlan(made, schedule(made, machine, { jobs: null, decode: 'auto' }), commands, {
    color,
    columns,
    destination: null,
  });
}

const page = (columns: number, color = false) => text(media, COMMANDS, columns, color);

describe('a plan for people', () => {
  it('names the file of a ladder that is not built in, whatever it calls itself', () => {
    const made = plan(media, planRequest());
    const machine = { cores: 4, platform: 'linux', memoryBytes: 8e9 } as const;
    const options = { color: false, columns: 80, ladderFile: './my.json', destination: null };
    const lines = renderPlan(made, schedule(made, machine, { jobs: null, decode: 'auto' }), [], options);
    expect(lines.split('\n')[1]).toBe('→ ladder vod (./my.json), HLS with MPEG-TS segments');
  });

  it('at 120 columns', () => {
    expect(page(120).replace(/-[0-9a-f]{8}$/gm, '-XXXXXXXX')).toMatchInlineSnapshot(`
      "my film.mp4 (1.00 MB, MP4 or QuickTime, 10 s)
      → ladder vod, HLS with MPEG-TS segments

      renditions
        rendition                                   encoder  bit rate               folder
        360p       640×360  30 fps                  libx264  crf 22 up to 800 kb/s  360p-XXXXXXXX
        240p       426×240  30 fps                  libx264  crf 22 up to 300 kb/s  240p-XXXXXXXX
        audio-en   English  stereo 48 kHz, default  aac      128 kb/s               audio-en-XXXXXXXX
        audio-ja   日本語   stereo 48 kHz           aac      128 kb/s               audio-ja-XXXXXXXX

      left out
        subtitle track 3 (fr, subrip): subtitles are not supported yet
        rung 1080p: the source's short side is 360 pixels; this rung would only enlarge it
        rung 720p: the source's short side is 360 pixels; this rung would only enlarge it
        rung 480p: the source's short side is 360 pixels; this rung would only enlarge it

      warnings
        ! something was lost
        ! the title has no subtitles; left out: subtitle track 3 (fr, subrip)

      prediction  at most 2.12 MB (calm video takes far less): 4 renditions of 2 segments of 6 s

      decisions
        video track   track 0: h264 640×360                     the only one
        frame rate    30 fps                                    the rate varies, 29 on average (its 600 is a clock, not a
                                                                rate); the next standard rate above that; frames that come
                                                                faster are partly dropped
        segments      6 s = 180 frames, a keyframe every 60     the ladder asks for 6 s, in whole frames
        chunks        12 s = 2 segments                         each is made by fresh single-threaded encoders, so that the
                                                                bytes are the same on any machine
        colour        bt709                                     the source's own
        ladder        360p, 240p                                the source is 640×360, its short side 360
        encoder       libx264 medium                            the ladder "vod"
        rate control  constant quality (crf 22), capped         the ladder "vod"
        audio-en      "English" (default): stereo AAC 128 kb/s  from audio track 1 (en, aac stereo)
        audio-ja      "日本語": stereo AAC 128 kb/s             from audio track 2 (ja, aac 5.1, "日本語 5.1"), 6 channels
                                                                mixed down
        decoding      shared                                    the source is decoded and scaled once for all rungs
        in parallel   4 chunks                                  4 cores, and enough memory

      commands
      # decode
      ffmpeg -i 'my film.mp4' -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x -x out"
    `);
  });

  it('at 60 columns', () => {
    const lines = page(60).split('\n');
    const at = lines.indexOf('decisions');
    expect(lines.slice(at, at + 9).join('\n')).toMatchInlineSnapshot(`
      "decisions
        video track   track 0: h264 640×360
                        the only one
        frame rate    30 fps
                        the rate varies, 29 on average (its 600 is
                        a clock, not a rate); the next standard
                        rate above that; frames that come faster
                        are partly dropped
        segments      6 s = 180 frames, a keyframe every 60"
    `);
  });

  it.each([40, 60, 80, 100, 120, 200])('decisions and what is left out fit %i columns', (columns) => {
    const [, text = ''] = page(columns).split('\n\ndecisions\n');
    for (const line of text.split('\n\ncommands')[0]?.split('\n') ?? [])
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    const leftOut = /left out\n([^]*?)\n\n/.exec(page(columns))?.[1] ?? '';
    for (const line of leftOut.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('a command is one line, however long', () => {
    expect(page(60)).toContain(`# decode\n${COMMANDS[0]?.shell}`);
  });

  it('keeps to ASCII where the terminal shows no more', () => {
    const made = plan({ ...media, audio: [] }, planRequest());
    const machine = { cores: 4, platform: 'linux', memoryBytes: 8e9 } as const;
    const options = { color: false, unicode: false, columns: 100, destination: null };
    const lines = renderPlan(made, schedule(made, machine, { jobs: null, decode: 'auto' }), COMMANDS, options);
    expect(lines).toContain('h264 640x360');
    expect(lines).toMatch(/^[\n -~]*$/);
  });

  it('colour is only colour', () => {
    const colored = page(120, true);
    expect(colored).toContain('\u001b[');
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(page(120));
  });

  it('says when the size cannot be known', () => {
    const unknown = mediaInfo({ video: [videoTrack({ durationSeconds: null })], container: { durationSeconds: null } });
    expect(text(unknown, [], 80)).toContain('prediction  unknown');
  });
});

it('text from the file cannot drive the terminal', () => {
  const hostile = mediaInfo({
    source: { path: 'a\u001b[2Jb.mp4' },
    audio: [audioTrack({ title: 'x\u001b]0;owned\u0007\r\n\u202egnp' })],
    text: [
      {
        index: 3,
        codec: 'sub\u001brip',
        form: 'text',
        isForced: false,
        startSeconds: 0,
        durationSeconds: null,
        language: 'fr',
        title: '\u0007',
        isDefault: false,
      },
    ],
    warnings: [{ code: 'x', message: 'bell \u0007' }],
  });
  const shown = text(hostile, [{ label: 'x\u001b', shell: 'ffmpeg' }], 100);
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  expect(shown).toContain('a\\x1b[2Jb.mp4');
});

describe('wrapping', () => {
  it('counts wide characters twice and marks not at all', () => {
    expect(displayWidth('日本語 5.1')).toBe(10);
    expect(displayWidth('Français')).toBe(8);
    expect(displayWidth('Franc\u0327ais')).toBe(8);
    expect(padTo('日本', 6)).toBe('日本  ');
  });

  it('breaks at spaces and leaves long words whole', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('/a/very/long/path and more', 8)).toEqual(['/a/very/long/path', 'and more']);
    expect(wrap('', 8)).toEqual(['']);
  });
});
