import { describe, expect, it } from 'vitest';
import { planRequest, videoTrack } from '../../../fixtures/media-info.js';
import type { Combing, Scan, VideoTrack } from '../../../src/model/media.js';
import { planDeinterlacing, type AskedDeinterlacing } from '../../../src/stages/plan/deinterlacing.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';

const TFF: Scan = { kind: 'interlaced', parity: 'tff' };

function combing(progressive: number, tff: number, bff: number): Combing {
  return { progressive, tff, bff, unknown: 3 };
}

function decide(
  parts: Partial<VideoTrack>,
  asked: AskedDeinterlacing = 'auto',
  { mayChange = false, without = '' }: { readonly mayChange?: boolean; readonly without?: string } = {},
) {
  const { capabilities } = planRequest();
  const filters = new Set([...capabilities.filters].filter((filter) => filter !== without));
  const notes = new PlanNotes();
  const chosen = planDeinterlacing(videoTrack(parts), asked, mayChange, { ...capabilities, filters }, notes);
  const { deinterlace } = chosen;
  return {
    weave: chosen.weave,
    how: deinterlace && `${deinterlace.parity} ${deinterlace.pictures}`,
    warnings: notes.warnings.map(({ code }) => code),
    said: notes.decisions.map(({ choice }) => choice),
  };
}

describe('by itself', () => {
  it.each<[string, Partial<VideoTrack>, string | null, string[]]>([
    ['progressive', {}, null, []],
    ['progressive by flags and look', { combing: combing(20, 0, 0) }, null, []],
    ['interlaced by flags', { scan: TFF }, 'tff all', []],
    ['interlaced by flags and look', { scan: TFF, combing: combing(0, 12, 0) }, 'tff all', []],
    ['interlaced, partly of film', { scan: TFF, combing: combing(12, 3, 0) }, 'tff all', []],
    ['interlaced, and nothing moves', { scan: TFF, combing: combing(2, 0, 0) }, 'tff all', []],
    ['interlaced by flags only', { scan: TFF, combing: combing(16, 0, 0) }, 'tff combed', []],
    ['the other field first', { scan: TFF, combing: combing(1, 0, 14) }, 'bff all', ['field-order-wrong']],
    ['the other field first, perhaps', { scan: TFF, combing: combing(1, 5, 9) }, 'tff all', []],
    ['combed without a flag', { combing: combing(2, 0, 14) }, 'bff all', ['combed-pictures']],
    ['combed in parts', { combing: combing(12, 5, 0) }, 'tff combed', ['combed-pictures']],
    ['combed in a picture or two', { combing: combing(12, 2, 0) }, null, []],
    ['combed now so, now so: no fields', { combing: combing(6, 6, 5) }, null, []],
    ['flagged in parts', { flags: { pictures: 24, interlaced: 4, pulledDown: 'no' } }, 'auto flagged', []],
  ])('%s', (_, parts, how, warnings) => expect(decide(parts)).toMatchObject({ weave: false, how, warnings }));

  it('where programmes may follow each other, pictures that say so, without a word', () => {
    expect(decide({}, 'auto', { mayChange: true })).toMatchObject({ how: 'auto flagged', said: [], warnings: [] });
  });

  it('fields are put together first, and always', () => {
    const fields: Partial<VideoTrack> = { scan: { kind: 'fields' } };
    expect(decide(fields)).toMatchObject({ weave: true, how: 'tff all', warnings: [] });
    expect(decide(fields, 'off')).toMatchObject({ weave: true, how: null });
    expect(() => decide(fields, 'auto', { without: 'tinterlace' })).toThrow(
      expect.objectContaining({ code: 'tool-lacks-feature' }),
    );
  });

  it('without idet all pictures are deinterlaced instead of those that look so', () => {
    const film = { scan: TFF, combing: combing(16, 0, 0) };
    expect(decide(film, 'auto', { without: 'idet' }).how).toBe('tff all');
  });
});

describe('as asked', () => {
  it.each<[AskedDeinterlacing, Partial<VideoTrack>, string | null]>([
    ['off', { scan: TFF }, null],
    ['off', { combing: combing(0, 12, 0) }, null],
    ['tff', {}, 'tff all'],
    ['bff', { scan: TFF }, 'bff all'],
    ['on', {}, 'tff all'],
    ['on', { scan: { kind: 'interlaced', parity: 'bff' } }, 'bff all'],
    ['on', { combing: combing(12, 0, 5) }, 'bff all'],
  ])('%s', (asked, parts, how) => {
    expect(decide(parts, asked)).toMatchObject({ how, warnings: [], said: [expect.any(String)] });
  });
});
