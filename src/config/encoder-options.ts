import { z } from 'zod';
import type { EncoderChoice, EncoderOptions } from '../model/encoders.js';
import { expecting, fields, mismatch, oneOf, unknownName } from './problems.js';

type Encoders<Name extends string = string> = Readonly<Record<Name, EncoderOptions>>;
type Options = Readonly<Record<string, string>>;

/** Schema of the options of all these encoders; they come out as FFmpeg's command line takes them. */
export function encoderOptions(encoders: Encoders) {
  const all = Object.values(encoders);
  const named = new Set(all.flatMap(({ choices }) => Object.keys(choices)));
  const shape: Record<string, z.ZodType<Value | undefined>> = {};
  for (const name of named) shape[name] = choiceOf(all.flatMap(({ choices }) => choices[name] ?? []));
  for (const name of all.flatMap(({ options }) => options)) shape[name] = VALUE.optional();
  return fields(shape).prefault({}).transform(present);
}

type Value = string | number | boolean;

/** Of the options that any of the encoders has, the ladder's encoder must have those that are set. */
export function checkEncoderOptions<Name extends string>(encoders: Encoders<Name>) {
  return ({ encoder, options }: { encoder: Name; options: Options }, context: z.RefinementCtx): void => {
    const { choices, options: free } = encoders[encoder];
    for (const [name, value] of Object.entries(options)) {
      const words = choices[name]?.words;
      if (words?.includes(value) ?? free.includes(name)) continue;
      const message = words
        ? mismatch(value, `what ${encoder} has: ${words.join(', ')}`, words)
        : unknownName(`option of ${encoder}`, name, [...Object.keys(choices), ...free]);
      context.addIssue({ code: 'custom', path: ['options', name], message });
    }
  };
}

/** With what the encoder is given where the ladder says nothing. */
export function withUsualOptions<
  Name extends string,
  Part extends { readonly encoder: Name; readonly options: Options },
>(encoders: Encoders<Name>) {
  return (part: Part): Part => {
    const choices = Object.entries(encoders[part.encoder].choices);
    const usual = choices.flatMap(([name, { usual: word }]): [string, string][] =>
      word === null ? [] : [[name, word]],
    );
    return { ...part, options: { ...Object.fromEntries(usual), ...part.options } };
  };
}

/** `default` is for editors, where all encoders agree on it; withUsualOptions is what fills it in. */
function choiceOf(choices: readonly EncoderChoice[]) {
  const [first, ...others] = choices;
  if (!first) throw new RangeError('an option of no encoder');
  const words = oneOf([
    ...first.words,
    ...others.flatMap((other) => other.words).filter((word) => !first.words.includes(word)),
  ]);
  const [usual, ...more] = new Set(choices.map((choice) => choice.usual));
  const field = words.optional().meta(typeof usual === 'string' && more.length === 0 ? { default: usual } : {});
  return first.about === undefined ? field : field.describe(first.about);
}

// A value has no slash and no space, so it is never a path.
const OPTION_VALUE = /^[\w.,:+-]{1,200}$/;
const VALUE_PARAMS = expecting('a number, true, false or a word of letters, digits and . , : + -');
const VALUE = z.union(
  [z.number(VALUE_PARAMS), z.boolean(VALUE_PARAMS), z.string(VALUE_PARAMS).regex(OPTION_VALUE, VALUE_PARAMS)],
  VALUE_PARAMS,
);

function present(options: Readonly<Record<string, Value | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'boolean' ? String(Number(value)) : String(value)]],
    ),
  );
}
