import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import type { AudioTrack } from '../../../src/model/media.js';
import { audioOf } from '../../../src/model/rendition.js';
import { plan, type PlanRequest } from '../../../src/stages/plan/plan.js';

function soundsOf(
  tracks: readonly Partial<AudioTrack>[],
  languages: readonly string[] | null = null,
  wishes: Partial<PlanRequest> = {},
) {
  const audio = tracks.map((track, i) => audioTrack({ index: i + 1, isDefault: false, ...track }));
  const result = plan(mediaInfo({ audio }), planRequest({ audioLanguages: languages, ...wishes }));
  const made = audioOf(result);
  return {
    made: made.map(
      ({ name, trackIndex, label, isDefault }) => `${name} ${trackIndex} ${label}${isDefault ? ' *' : ''}`,
    ),
    audio: made,
    leftOut: result.leftOut,
    tracksLeftOut: result.tracksLeftOut,
    warnings: result.warnings,
  };
}

describe('one rendition per language', () => {
  it('keeps titles and the default', () => {
    const { made, audio } = soundsOf([
      { language: 'en', title: 'English' },
      { language: 'fr', title: 'Français', isDefault: true },
      { language: 'ja', title: '日本語 5.1', codec: 'ac3', channels: 6, channelLayout: '5.1(side)' },
    ]);
    expect(made).toEqual(['audio-en 1 English', 'audio-fr 2 Français *', 'audio-ja 3 日本語']);
    expect(audio[2]).toMatchObject({
      channels: 2,
      sourceChannels: 6,
      downmix: true,
      language: 'ja',
      bitrate: 128_000,
      sampleRate: 48_000,
    });
  });

  it('names languages in themselves where there is no title', () => {
    expect(soundsOf([{ language: 'fr' }, { language: 'pt-BR' }, { language: 'ja' }, { language: 'und' }]).made).toEqual(
      ['audio-fr 1 Français *', 'audio-pt-br 2 Português (Brasil)', 'audio-ja 3 日本語', 'audio-und 4 Audio'],
    );
  });

  it('of the same programme in several forms takes the better one: sample rate, channels, bits, then the default', () => {
    const forms = [
      { title: 'English Stereo' },
      { title: 'English 5.1 (AC-3)', channels: 6 },
      { title: null, channels: 6 },
    ];
    const { made, leftOut } = soundsOf(forms);
    expect(made).toEqual(['audio-en 2 English *']);
    expect(leftOut.map(({ what, reason }) => [what, reason])).toEqual([
      ['audio track 3 (en, aac stereo)', 'the same as track 2 in another form'],
      ['audio track 1 (en, aac stereo, "English Stereo")', 'the same as track 2 in another form'],
    ]);
    const kept = (...tracks: readonly Partial<AudioTrack>[]) => soundsOf(tracks).audio.map((one) => one.trackIndex);
    expect(kept({ isDefault: true }, { channels: 6 })).toEqual([2]);
    expect(kept({ sampleRate: 22_050, channels: 6 }, {})).toEqual([2]);
    expect(kept({}, { sampleRate: 96_000 })).toEqual([1]);
    expect(kept({ bitRate: 64_000, isDefault: true }, { bitRate: 192_000 })).toEqual([2]);
    expect(kept({}, { isDefault: true })).toEqual([2]);
    expect(kept({}, { role: 'descriptions', channels: 6 })).toEqual([1, 2]);
  });

  it('a name does not say how many channels were folded down', () => {
    const named = (title: string, channels = 6) => soundsOf([{ title, channels }]).audio[0]?.label;
    expect(named('English (5.1 Surround)')).toBe('English');
    expect(named('Deutsch - 7.1', 8)).toBe('Deutsch');
    expect(named('5.1')).toBe('English');
    expect(named('Studio 54, part 5.10')).toBe('Studio 54, part 5.10');
    expect(named('Stereo 2.0', 2)).toBe('Stereo 2.0');
  });

  it('of sixteen channels without places the first two are taken, and the others are named', () => {
    const { audio, leftOut, warnings } = soundsOf([{ channels: 16, channelLayout: 'hexadecagonal' }]);
    expect(audio[0]).toMatchObject({ discrete: true, downmix: false, limit: null });
    expect(leftOut).toMatchObject([{ what: 'channels 3 to 16 of audio track 1 (en, aac hexadecagonal)' }]);
    expect(warnings).toMatchObject([{ code: 'channels-left-out', count: 14 }]);
    expect(soundsOf([{ channels: 24, channelLayout: '22.2' }]).audio[0]).toMatchObject({ discrete: false });
  });

  it('keeps what differs in title or role', () => {
    const { made, audio } = soundsOf([
      { isDefault: true },
      { title: "Director's commentary" },
      { role: 'descriptions' },
      { role: 'commentary' },
    ]);
    expect(made).toEqual([
      'audio-en 1 English *',
      "audio-en-2 2 Director's commentary",
      'audio-en-3 3 English (audio description)',
      'audio-en-4 4 English (commentary)',
    ]);
    expect(audio.map(({ characteristics }) => characteristics)).toEqual([
      null,
      null,
      'public.accessibility.describes-video',
      null,
    ]);
  });

  it('a commentary is never the default where there is a programme, whatever the file says', () => {
    expect(soundsOf([{ role: 'commentary', isDefault: true }, {}]).made).toEqual([
      'audio-en 1 English (commentary)',
      'audio-en-2 2 English *',
    ]);
  });

  it('exactly one is the default, as in an MP4 where all claim to be', () => {
    expect(soundsOf([{ isDefault: true }, { language: 'fr', isDefault: true }]).made).toEqual([
      'audio-en 1 English *',
      'audio-fr 2 Français',
    ]);
    expect(soundsOf([{}, { language: 'fr' }]).made).toEqual(['audio-en 1 English *', 'audio-fr 2 Français']);
  });

  it('labels are unique and fit a playlist', () => {
    const { audio } = soundsOf([
      { title: 'A "quoted"\nname' },
      { title: 'Same', language: 'fr' },
      { title: 'same', language: 'de' },
      { title: 'x'.repeat(300), language: 'es' },
    ]);
    expect(audio.map(({ label }) => label)).toEqual(["A 'quoted' name", 'Same', 'same 2', 'x'.repeat(80)]);
  });

  it('names are safe as folders, whatever the language tag', () => {
    const { audio } = soundsOf([{ language: '../../etc' }, { language: 'zh-Hant-TW' }]);
    expect(audio.map(({ name }) => name)).toEqual(['audio-etc', 'audio-zh-hant-tw']);
  });

  it('mono stays one source channel in stereo out', () => {
    expect(soundsOf([{ channels: 1, channelLayout: 'mono', sampleRate: 8000 }]).audio[0]).toMatchObject({
      channels: 2,
      sourceChannels: 1,
      sampleRate: 48_000,
      downmix: false,
    });
  });
});

describe('--audio-lang', () => {
  const tracks = [{ language: 'en', isDefault: true }, { language: 'fr' }, { language: 'pt-BR' }, { language: 'und' }];

  it.each([
    [['fr'], ['audio-fr 2 Français *']],
    [['fre'], ['audio-fr 2 Français *']],
    [['FRA'], ['audio-fr 2 Français *']],
    [['pt'], ['audio-pt-br 3 Português (Brasil) *']],
    [['pt_br'], ['audio-pt-br 3 Português (Brasil) *']],
    [
      ['fra', 'eng'],
      ['audio-fr 2 Français *', 'audio-en 1 English'],
    ],
    [['und'], ['audio-und 4 Audio *']],
  ])('%j', (languages, expected) => {
    expect(soundsOf(tracks, languages).made).toEqual(expected);
  });

  it('says what was not asked for', () => {
    expect(soundsOf([{}, { language: 'fr' }], ['fr']).leftOut).toEqual([
      { what: 'audio track 1 (en, aac stereo)', reason: 'not asked for (--audio-lang)' },
    ]);
  });

  it.each(['de', 'pt-PT', 'english?', ''])('%j is not there: an error with what is', (language) => {
    expect(() => soundsOf(tracks, [language])).toThrow(
      expect.objectContaining({
        code: 'no-such-track',
        hint: expect.stringContaining('audio track 2 (fr, aac stereo)'),
      }),
    );
  });
});

describe('what cannot be used', () => {
  it('is left out with a warning', () => {
    const { made, leftOut, warnings } = soundsOf([{ codec: 'ac4', decodable: false }, { language: 'fr' }]);
    expect(made).toEqual(['audio-fr 2 Français *']);
    expect(leftOut).toEqual([{ what: 'audio track 1 (en, ac4 stereo)', reason: 'this FFmpeg has no decoder for ac4' }]);
    expect(warnings).toMatchObject([{ code: 'audio-left-out', count: 1 }]);
  });

  it('is not missed beside the same sound in a form that can be decoded', () => {
    const apac = { codec: 'apac', decodable: false };
    const { tracksLeftOut, warnings } = soundsOf([{ language: 'und' }, { language: 'en', ...apac }]);
    expect(tracksLeftOut).toMatchObject([{ track: 2, kind: 'audio', codec: 'apac', code: 'undecodable' }]);
    expect(warnings).toMatchObject([{ code: 'audio-track-unusable' }]);
    for (const other of [{ language: 'fr' }, { language: 'en', role: 'commentary' as const }]) {
      expect(soundsOf([{ language: 'en' }, { ...other, ...apac }]).warnings).toMatchObject([
        { code: 'audio-left-out' },
      ]);
    }
  });

  it('a second track that nothing tells from the first is missed; one that was not asked for is not', () => {
    const { tracksLeftOut, warnings } = soundsOf([{}, {}, { codec: 'ac3' }]);
    expect(tracksLeftOut.map(({ track, code }) => [track, code])).toEqual([
      [2, 'second-of-kind'],
      [3, 'same-content'],
    ]);
    expect(warnings).toMatchObject([{ code: 'audio-left-out', count: 1 }]);
    const asked = soundsOf([{}, { language: 'fr' }], ['fr']);
    expect(asked.tracksLeftOut).toMatchObject([{ track: 1, code: 'not-asked', language: 'en' }]);
    expect(asked.warnings).toEqual([]);
  });

  it('leaves a silent title that says so', () => {
    const result = plan(mediaInfo({ audio: [] }), planRequest());
    expect(audioOf(result)).toEqual([]);
    expect(result.decisions).toContainEqual(expect.objectContaining({ subject: 'sound', choice: 'none' }));
  });
});

describe('left and right as a track each', () => {
  const mono = { channels: 1, channelLayout: null, codec: 'pcm_s24le', language: 'und' };
  const sidesOf = (tracks: readonly Partial<AudioTrack>[], wishes: Partial<PlanRequest> = {}) => {
    const { audio, ...others } = soundsOf(tracks, null, wishes);
    return { sides: audio.map((one) => [one.trackIndex, one.rightTrackIndex]), ...others };
  };

  it('are one stereo sound', () => {
    const { sides, leftOut, warnings } = sidesOf([mono, mono]);
    expect(sides).toEqual([[1, 2]]);
    expect([leftOut, warnings]).toEqual([[], []]);
    expect(soundsOf([mono, mono]).audio[0]?.version).not.toBe(soundsOf([mono]).audio[0]?.version);
  });

  it('of eight the first two are, and the others are named', () => {
    const { sides, tracksLeftOut, warnings } = sidesOf(Array.from({ length: 8 }, () => mono));
    expect(sides).toEqual([[1, 2]]);
    expect(tracksLeftOut.map(({ track }) => track)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(warnings).toMatchObject([{ code: 'audio-left-out', count: 6 }]);
  });

  it('by their labels, where the file has them', () => {
    const [left, right] = [
      { ...mono, title: 'Main L' },
      { ...mono, title: 'Main R' },
    ];
    expect(sidesOf([right, left])).toMatchObject({ sides: [[2, 1]] });
    expect(
      sidesOf([
        { ...mono, channelLayout: '1 channels (FR)' },
        { ...mono, channelLayout: '1 channels (FL)' },
      ]),
    ).toMatchObject({ sides: [[2, 1]] });
    expect(sidesOf([left, left]).sides).toEqual([[1, null]]);
  });

  it('only where it is plain', () => {
    for (const other of [{ durationSeconds: 4 }, { codec: 'aac' }, { startSeconds: 1 }, { index: 5 }]) {
      expect(sidesOf([mono, { ...mono, ...other }]).sides).toEqual([[1, null]]);
    }
    expect(sidesOf([mono, { ...mono, language: 'fr' }]).sides).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(sidesOf([mono, mono, { language: 'und' }]).sides).toEqual([[3, null]]);
  });

  it('--audio-tracks says which tracks make what, in which language, and what it is called', () => {
    const tracks = ['2+1:en', '3:fr:Director', '4'];
    const { sides, made, tracksLeftOut } = sidesOf([mono, mono, {}, {}, {}], { audioTracks: tracks });
    expect(sides).toEqual([
      [2, 1],
      [3, null],
      [4, null],
    ]);
    expect(made).toEqual(['audio-en 2 English *', 'audio-fr 3 Director', 'audio-en-2 4 English 2']);
    expect(tracksLeftOut).toMatchObject([{ track: 5, code: 'not-asked' }]);
  });

  it.each([
    ['7', 'no-such-track'],
    ['1+3', 'usage'],
    ['1:english?', 'usage'],
  ])('--audio-tracks %s is refused as %s', (text, code) => {
    expect(() => sidesOf([mono, mono, {}], { audioTracks: [text] })).toThrow(expect.objectContaining({ code }));
  });
});

describe('--default-audio-lang', () => {
  const tracks = [{ isDefault: true }, { language: 'fr' }, { language: 'fr', role: 'commentary' as const }];

  it('is the language of the default rendition, and changes nothing else', () => {
    expect(soundsOf(tracks, null, { defaultAudioLanguage: 'fra' }).made).toEqual([
      'audio-en 1 English',
      'audio-fr 2 Français *',
      'audio-fr-2 3 Français (commentary)',
    ]);
  });

  it('must be there', () => {
    const wishes = { defaultAudioLanguage: 'de' };
    expect(() => soundsOf(tracks, null, wishes)).toThrow(expect.objectContaining({ code: 'no-such-track' }));
  });
});
