import { expect, test } from 'vitest';
import { createGate } from '../../../src/stages/encode/gate.js';

test('tells each change, once, to all who watch', () => {
  const gate = createGate();
  const told: string[] = [];
  const stop = gate.watch((isShut) => told.push(`a ${isShut}`));
  gate.watch((isShut) => told.push(`b ${isShut}`));
  expect(gate.isShut).toBe(false);
  gate.set(false);
  expect(told).toEqual([]);
  gate.set(true);
  gate.set(true);
  expect(gate.isShut).toBe(true);
  expect(told).toEqual(['a true', 'b true']);
  stop();
  gate.set(false);
  expect(gate.isShut).toBe(false);
  expect(told).toEqual(['a true', 'b true', 'b false']);
});
