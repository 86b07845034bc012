import type { AudioEncoder } from './encoder.js';

/** FFmpeg's own AAC encoder, and Fraunhofer's, which takes the same arguments. */
export const aac: AudioEncoder = {
  args: ({ encoder, bitrate, options }) => [
    // Bit-exact: the encoder else writes its version into the first frame.
    ...['-c:a', encoder, '-b:a', String(bitrate), '-flags:a', '+bitexact'],
    ...Object.entries(options).flatMap(([name, value]) => [`-${name}:a`, value]),
  ],
};
