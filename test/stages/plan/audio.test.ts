import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import type { AudioTrack } from '../../../src/model/media.js';
import { audioOf } from '../../../src/model/rendition.js';
import { plan } from '../../../src/stages/plan/plan.js';

function soundsOf(tracks: readonly Partial<AudioTrack>[], languages: readonly string[] | null = null) {
  const audio = tracks.map((track, i) => audioTrack({ index: i + 1, isDefault: false, ...track }));
  const result = plan(mediaInfo({ audio }), planRequest({ audioLanguages: languages }));
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
    expect(made).toEqual(['audio-en 1 English', 'audio-fr 2 Français *', 'audio-ja 3 日本語 5.1']);
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

  it('of the same programme in several forms takes the default, then the one with most channels, then the first', () => {
    const forms = [
      { title: 'English Stereo' },
      { title: 'English 5.1 (AC-3)', channels: 6 },
      { title: null, channels: 6 },
    ];
    const { made, leftOut } = soundsOf(forms);
    expect(made).toEqual(['audio-en 2 English 5.1 (AC-3) *']);
    expect(leftOut.map(({ what, reason }) => [what, reason])).toEqual([
      ['sound 3 (en, aac stereo)', 'the same as track 2 in another form'],
      ['sound 1 (en, aac stereo, "English Stereo")', 'the same as track 2 in another form'],
    ]);
    expect(soundsOf(forms.map((form, i) => ({ ...form, isDefault: i === 0 }))).made).toEqual([
      'audio-en 1 English Stereo *',
    ]);
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
      { what: 'sound 1 (en, aac stereo)', reason: 'not asked for (--audio-lang)' },
    ]);
  });

  it.each(['de', 'pt-PT', 'english?', ''])('%j is not there: an error with what is', (language) => {
    expect(() => soundsOf(tracks, [language])).toThrow(
      expect.objectContaining({ code: 'no-such-track', hint: expect.stringContaining('sound 2 (fr, aac stereo)') }),
    );
  });
});

describe('what cannot be used', () => {
  it('is left out with a warning', () => {
    const { made, leftOut, warnings } = soundsOf([{ codec: 'ac4', decodable: false }, { language: 'fr' }]);
    expect(made).toEqual(['audio-fr 2 Français *']);
    expect(leftOut).toEqual([{ what: 'sound 1 (en, ac4 stereo)', reason: 'this FFmpeg has no decoder for ac4' }]);
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
