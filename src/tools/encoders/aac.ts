import type { AudioEncoder } from './encoder.js';

/** FFmpeg's own AAC encoder, and Fraunhofer's, which takes the same arguments. */
export const aac: AudioEncoder = {
  args: ({ encoder, bitrate, options }) => [
    ...['-c:a', encoder, '-b:a', String(bitrate)],
    ...Object.entries(options).flatMap(([name, value]) => [`-${name}:a`, value]),
  ],
};
