import { MediactlError } from '../../errors.js';
import { decryptSamples } from '../../tools/cenc/decrypt.js';
import { encryptedSegment } from '../../tools/cenc/encrypted-segment.js';
import { ivAfter } from '../../tools/cenc/ivs.js';
import { readSampleEncryption } from '../../tools/cenc/sample-encryption.js';
import { protectionBytes, type TrackEncryption } from '../../tools/cenc/track-encryption.js';
import { readFragments } from '../../tools/mp4/fragments.js';
import { runPackager, type PackagerRun } from '../../tools/packager/run.js';

export interface KeyInUse {
  readonly kid: string;
  readonly key: Uint8Array;
  /** Of the track (cbcs), or of the segment's first sample (cenc). */
  readonly iv: Buffer;
}

/**
 * Has a segment, which lies in the folder of the run, encrypted by Shaka Packager, and believes nothing of it: the samples
 * are taken over, the IVs must be those that were given, and decrypted they must be the clear ones. Throws MediactlError
 * protect-failed.
 */
export async function protectBytes(
  work: Pick<PackagerRun, 'program' | 'folder' | 'timeoutMs' | 'signal'>,
  clear: { readonly bytes: Buffer; readonly init: Buffer },
  init: Buffer,
  track: TrackEncryption,
  used: KeyInUse,
): Promise<Buffer> {
  const { program, folder, timeoutMs, signal } = work;
  const { kid, key, iv } = used;
  const packaged = await runPackager({ program, folder, timeoutMs, signal, scheme: track.scheme, kid, key, iv });
  if (!protectionBytes(init)?.equals(protectionBytes(packaged.init) ?? Buffer.alloc(0))) {
    throw unsound('Shaka Packager has encrypted it in another way than it was told');
  }
  const bytes = reading(() => encryptedSegment(clear.bytes, packaged.segment, track.ivBytes));
  reading(() => checkEncrypted(clear.bytes, { bytes, init }, track, used));
  return bytes;
}

/** Proves that an encrypted segment is the clear one, under the key and the IVs that it should have. Throws MediactlError. */
export function checkEncrypted(
  clear: Buffer,
  encrypted: { readonly bytes: Buffer; readonly init: Buffer },
  track: TrackEncryption,
  { key, iv }: Pick<KeyInUse, 'key' | 'iv'>,
): void {
  const decrypted = decryptSamples(encrypted.bytes, encrypted.init, key);
  for (const [i, sample] of samplesOf(clear).entries()) {
    const next = decrypted.next();
    if (next.done === true || !next.value.equals(sample))
      throw unsound(`decrypted again, its sample ${i} is another one`);
  }
  const told = readFragments(encrypted.bytes).flatMap(
    ({ start }) => readSampleEncryption(encrypted.bytes, start, track.ivBytes) ?? [],
  );
  for (const [i, { iv: own, subsamples }] of told.entries()) {
    if (track.ivBytes > 0 && !own.equals(ivAfter(iv, i)))
      throw unsound(`sample ${i} has an IV that was not given to it`);
    const left = subsamples.reduce((sum, piece) => sum + piece.clear, 0);
    const protectedBytes = subsamples.reduce((sum, piece) => sum + piece.encrypted, 0);
    if (left > MOST_CLEAR && left > protectedBytes) throw unsound(`of sample ${i} ${left} bytes are left clear`);
  }
}

/** Headers of slices, parameter sets and the like are shorter, taken together. */
const MOST_CLEAR = 4096;

function samplesOf(bytes: Buffer): Buffer[] {
  return readFragments(bytes).flatMap(({ samples, data }) => {
    let at = data;
    return samples.map((sample) => bytes.subarray(at, (at += sample.bytes)));
  });
}

/** What cannot be read of what was encrypted is a failure of that. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MediactlError) || error.code === 'protect-failed') throw error;
    throw unsound(error.reason ?? error.message);
  }
}

function unsound(reason: string): MediactlError {
  return new MediactlError('protect-failed', 'an encrypted segment is not sound, and is not delivered', {
    reason,
    hint: 'please report this with the output of "mediactl doctor"; --packager names another Shaka Packager',
  });
}
