import { describe, expect, it } from 'vitest';
import { blame, explainFailure, type FailedProcess } from '../../../src/tools/ffmpeg/failure.js';

function failed(label: string, tail: string[], exit: FailedProcess['exit'] = { kind: 'exit', code: 1 }): FailedProcess {
  return { label, role: label === 'decode' ? 'decode' : 'encode', exit, tail };
}

describe('blame', () => {
  it('passes over a decoder that only lost its reader', () => {
    const decode = failed('decode', ['av_interleaved_write_frame(): Broken pipe']);
    const encode = failed('encode 720p', ['libx264: Error setting preset'], { kind: 'exit', code: 1 });
    expect(blame([decode, encode])?.label).toBe('encode 720p');
  });

  it('passes over encoders that starved', () => {
    const decode = failed('decode', ['Cannot find a matching stream']);
    const encode = failed('encode 720p', ['file:/s/720p-1.pipe: Invalid data found when processing input']);
    expect(blame([encode, decode])?.label).toBe('decode');
  });

  it('takes an encoder that was killed without a word when the decoder lost its reader', () => {
    const decode = failed('decode', ['Error writing: Broken pipe']);
    const encode = failed('encode 720p', [], { kind: 'signal', signal: 'SIGKILL' });
    expect(blame([decode, encode])?.label).toBe('encode 720p');
  });
});

describe('explainFailure', () => {
  it('knows a full disk', () => {
    expect(explainFailure(failed('encode 720p', ['av_write: No space left on device'])).code).toBe('disk-full');
  });

  it('knows a missing encoder', () => {
    const error = explainFailure(failed('encode 720p', ["Unknown encoder 'libx264'"]));
    expect([error.code, error.message]).toEqual(['tool-lacks-feature', 'this FFmpeg has no libx264']);
  });

  it('names the signal', () => {
    const error = explainFailure(failed('decode', ['x'], { kind: 'signal', signal: 'SIGSEGV' }));
    expect(error).toMatchObject({
      code: 'encode-failed',
      message: 'FFmpeg failed: decode',
      reason: 'it was killed by SIGSEGV',
    });
  });
});
