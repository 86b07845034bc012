import { expect, test } from 'vitest';
import type { Segment } from '../../../src/model/artifact.js';
import { rational } from '../../../src/model/rational.js';
import { createAudioGate, type AudioGate } from '../../../src/pipeline/encoding/audio-gate.js';

function segment(rendition: string, index: number): Segment {
  return { rendition, index, file: `${index}.ts`, bytes: 1, start: 0, duration: rational(6), frames: 1, keyframes: [] };
}

function names(segments: readonly Segment[]): string[] {
  return segments.map(({ rendition, index }) => `${rendition} ${index}`);
}

function audio(gate: AudioGate, id: string, ...indexes: readonly number[]): void {
  for (const index of indexes) gate.audio(segment(id, index));
}

function video(gate: AudioGate, id: string, ...indexes: readonly number[]): void {
  for (const index of indexes) gate.video(segment(id, index));
}

test('a sound segment is let out when both the pictures and its own track go on after it', () => {
  const gate = createAudioGate(new Map([['v', 0]]));
  audio(gate, 'a', 0, 1, 2, 3);
  expect(gate.certain()).toEqual([]);
  video(gate, 'v', 0, 1);
  expect(names(gate.certain())).toEqual(['a 0']);
  video(gate, 'v', 2, 3, 4, 5);
  expect(names(gate.certain())).toEqual(['a 1', 'a 2']);
  expect(gate.certain()).toEqual([]);
  audio(gate, 'a', 4);
  expect(names(gate.certain())).toEqual(['a 3']);
  expect(names(gate.rest())).toEqual(['a 4']);
  expect(gate.rest()).toEqual([]);
});

test('of each track by itself', () => {
  const gate = createAudioGate(new Map([['v', 3]]));
  audio(gate, 'a', 0, 1);
  audio(gate, 'b', 0);
  expect(names(gate.certain())).toEqual(['a 0']);
  expect(names(gate.rest())).toEqual(['a 1', 'b 0']);
});

test('pictures count only where none is missing before them; the rung that is furthest decides', () => {
  const gate = createAudioGate(
    new Map([
      ['v', 0],
      ['w', 0],
    ]),
  );
  audio(gate, 'a', 0, 1, 2, 3, 4, 5);
  video(gate, 'v', 2, 3, 4);
  video(gate, 'w', 0);
  expect(gate.certain()).toEqual([]);
  video(gate, 'v', 0, 1);
  expect(names(gate.certain())).toEqual(['a 0', 'a 1', 'a 2', 'a 3']);
});

test('what earlier runs have made counts, and is not counted twice', () => {
  const gate = createAudioGate(new Map([['v', 2]]));
  audio(gate, 'a', 0, 1, 2, 3);
  video(gate, 'v', 0, 1);
  expect(names(gate.certain())).toEqual(['a 0']);
});

test('without pictures nothing is made again', () => {
  const gate = createAudioGate(new Map());
  audio(gate, 'a', 0);
  expect(names(gate.certain())).toEqual(['a 0']);
});
