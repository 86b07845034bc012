import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { nearest, printable, shellCommand, shellQuote } from '../../src/model/text.js';

describe('printable', () => {
  test('makes everything visible that could drive a terminal or fake a line', () => {
    expect(printable('a\x1b[2Jb\r\n\tc\x07')).toBe('a\\x1b[2Jb\\r\\n\\tc\\x07');
    expect(printable('\x9b31m \x7f')).toBe('\\x9b31m \\x7f');
    expect(printable('gp\u202e4pm.exe')).toBe('gp\\u202e4pm.exe');
    expect(printable('half \ud83d pair')).toBe('half \\ud83d pair');
  });

  test('leaves names in any script alone', () => {
    for (const name of ['Überraschung.mp4', '日本語 😀 👨‍👩‍👧.mkv', "it's 50% \\ off"]) expect(printable(name)).toBe(name);
  });
});

describe('shellQuote', () => {
  const words = [
    '',
    'plain-1.ts',
    'two words',
    "it's",
    'a"$HOME`x`\\',
    '*?[a]',
    '~',
    '=ls',
    'tab\there',
    'nl\nx',
    '\x1b5[31m',
    "q'\n\\n",
    '日本\u202eü',
  ];

  test.each(words)('bash reads %j back as one and the same word', (word) => {
    const echoed = execFileSync('bash', ['-c', `printf %s ${shellQuote(word)}`], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(echoed).toBe(word);
  });

  test('never lets a control character through, and leaves plain words plain', () => {
    expect(shellCommand(['ffmpeg', '-i', 'a b.mp4', '-vf', 'scale=w=2:h=-2', '\x1b[2J'])).toBe(
      "ffmpeg -i 'a b.mp4' -vf scale=w=2:h=-2 $'\\033[2J'",
    );
  });
});

describe('nearest', () => {
  const flags = ['--json', '--jobs', '--ladder', '--encoder-preset', '--strict', '--decode', '480p', '720p', 'libx264'];
  test.each([
    ['--josn', '--json'],
    ['--lader', '--ladder'],
    ['--encoder-prest', '--encoder-preset'],
    ['--zzzzzzzz', null],
    ['--start', null],
    ['--codec', null],
    ['4320p', null],
    ['libx265', null],
    ['720', '720p'],
  ])('%s → %s', (word, expected) => {
    expect(nearest(word, flags)).toBe(expected);
  });
});
