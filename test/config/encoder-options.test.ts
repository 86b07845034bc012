import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkEncoderOptions, encoderOptions, withUsualOptions } from '../../src/config/encoder-options.js';
import type { EncoderOptions } from '../../src/model/encoders.js';
import { AUDIO_ENCODERS, VIDEO_ENCODERS } from '../../src/model/encoders.js';

// Two encoders that share an option, and do not agree on what is usual.
const ENCODERS = {
  fast: { choices: { profile: { words: ['low', 'high'], usual: 'high' } }, options: ['depth'] },
  fine: { choices: { profile: { words: ['main', 'high'], usual: 'main' } }, options: ['depth', 'grain'] },
} satisfies Record<string, EncoderOptions>;

const schema = z
  .strictObject({ encoder: z.enum(['fast', 'fine']), options: encoderOptions(ENCODERS) })
  .superRefine(checkEncoderOptions(ENCODERS))
  .transform(withUsualOptions(ENCODERS));

const problems = (value: unknown) => schema.safeParse(value).error?.issues.map(({ path, message }) => [path, message]);

describe('options of several encoders', () => {
  it('get what is usual for the encoder that was chosen', () => {
    expect(schema.parse({ encoder: 'fast' })).toEqual({ encoder: 'fast', options: { profile: 'high' } });
    expect(schema.parse({ encoder: 'fine' })).toEqual({ encoder: 'fine', options: { profile: 'main' } });
    expect(schema.parse({ encoder: 'fine', options: { profile: 'high', grain: true } }).options).toEqual({
      profile: 'high',
      grain: '1',
    });
  });

  it('of the other one are an error', () => {
    expect(problems({ encoder: 'fast', options: { grain: 1 } })).toEqual([
      [['options', 'grain'], 'unknown option of fast; expected one of profile, depth'],
    ]);
    expect(problems({ encoder: 'fast', options: { profile: 'main' } })).toEqual([
      [['options', 'profile'], '"main" is not valid: expected what fast has: low, high'],
    ]);
  });

  it('are shown to editors with a default only where all agree', () => {
    const json = (encoders: Record<string, EncoderOptions>) =>
      z.toJSONSchema(encoderOptions(encoders), { io: 'input' }).properties?.['profile'];
    expect(json(ENCODERS)).toEqual({ type: 'string', enum: ['low', 'high', 'main'] });
    expect(json(AUDIO_ENCODERS)).toMatchObject({ default: 'aac_low' });
  });
});

it.each(Object.entries(VIDEO_ENCODERS))('the speeds of %s are words of its option', (_, { speed, choices }) => {
  expect(choices[speed.option]?.words).toEqual(speed.words);
});
