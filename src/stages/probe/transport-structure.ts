import type { RandomAccess, Structure } from './container-structure.js';

const SYNC = 0x47;
/** Plain packets; Blu-ray's with a time stamp before each; with error correction after each. */
const FORMS = [
  { packetBytes: 188, syncAt: 0 },
  { packetBytes: 192, syncAt: 4 },
  { packetBytes: 204, syncAt: 0 },
] as const;
/** So many sync bytes in their places are no accident. */
const ENOUGH = 5;

/**
 * MPEG transport streams (ISO/IEC 13818-1 2.4.3): packets of one size from the first byte to the last, so that a torn
 * last packet says that the rest is missing. Null for anything else, and for streams that do not begin with a packet.
 */
export async function inspectTransport(file: RandomAccess): Promise<Structure | null> {
  const head = await file.read(0, ENOUGH * 204);
  const form = FORMS.find(({ packetBytes, syncAt }) =>
    Array.from({ length: ENOUGH }, (_, i) => head[syncAt + i * packetBytes]).every((byte) => byte === SYNC),
  );
  if (!form) return null;
  return {
    family: 'mpegts',
    missingBytes: await missingBytes(file, form),
    unreadable: null,
    encryption: null,
    isFragmented: false,
    hasIndex: false,
  };
}

// Packets may have been lost on the way, and the last one then stands elsewhere: only a packet that begins near the
// end and is not whole counts, not what a careless program has appended.
async function missingBytes(file: RandomAccess, { packetBytes, syncAt }: (typeof FORMS)[number]): Promise<number> {
  const rest = file.bytes % packetBytes;
  if (rest <= syncAt) return 0;
  const lastTwo = await file.read(file.bytes - rest - packetBytes, packetBytes + rest);
  const begins = lastTwo[syncAt] === SYNC && lastTwo[packetBytes + syncAt] === SYNC;
  return begins ? packetBytes - rest : 0;
}
