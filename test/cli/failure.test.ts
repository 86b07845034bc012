import { expect, test } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { EXIT_CODES, MediactlError, type ErrorCode } from '../../src/errors.js';

test('our own errors keep what they say, and never show a stack', () => {
  const error = new MediactlError('input-not-media', 'no media', {
    reason: 'text',
    hint: 'another file',
    detail: ['x'],
  });
  expect(describeFailure(error, { verbose: true })).toEqual({
    type: 'error',
    code: 'input-not-media',
    exitCode: 3,
    message: 'no media',
    reason: 'text',
    hint: 'another file',
    detail: ['x'],
  });
});

test('each code has its exit code', () => {
  const codes = Object.keys(EXIT_CODES) as ErrorCode[];
  for (const code of codes) {
    expect(describeFailure(new MediactlError(code, ''), { verbose: false }).exitCode).toBe(EXIT_CODES[code]);
  }
});

test('bugs ask to be reported, and show where only when verbose', () => {
  const bug = new TypeError('x is not a function');
  expect(describeFailure(bug, { verbose: false })).toMatchObject({ code: 'internal', exitCode: 1, detail: [] });
  const told = describeFailure(bug, { verbose: true });
  expect(told.message).toContain('x is not a function');
  expect(told.hint).toContain('report');
  expect(told.detail.join('\n')).toMatch(/failure\.test\.ts/);
  expect(describeFailure('a string', { verbose: true })).toMatchObject({ code: 'internal', detail: [] });
});

test('a full disk is one, wherever it is met', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(describeFailure(full, { verbose: false })).toMatchObject({ code: 'disk-full', exitCode: 6 });
});

test('the reason of an abort goes before what it made fail', () => {
  const controller = new AbortController();
  controller.abort(new MediactlError('interrupted', 'interrupted'));
  const thrown = new MediactlError('encode-failed', 'ffmpeg was ended by SIGTERM');
  expect(describeFailure(thrown, { verbose: false, signal: controller.signal })).toMatchObject({ exitCode: 130 });
});
