import { totalmem } from 'node:os';

/** Bytes of memory that may be used: inside a container the machine's memory is not. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
