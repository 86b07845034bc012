/** Ticks per second of time stamps in transport streams (ISO/IEC 13818-1 2.4.3.7). */
export const MPEGTS_TIMESCALE = 90_000;
