import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage before it takes more memory. By default it lets garbage pile up to several times of what is
 * in use, up to gigabytes where the machine has them; what runs here streams, and stands beside encoders that need the
 * memory. To be called before anything is loaded: the young generation stays as small as it is then.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}
