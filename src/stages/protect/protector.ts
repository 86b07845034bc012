import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import type { ContentKeys } from '../../model/content-keys.js';
import { packagingOf, type EncodePlan } from '../../model/plan.js';
import { plannedKeyOf, type PlannedKey, type Protection } from '../../model/protection.js';
import type { Rendition } from '../../model/rendition.js';
import { cbcsIv, cencIv } from '../../tools/cenc/ivs.js';
import { protectInit, trackEncryption, type TrackEncryption } from '../../tools/cenc/track-encryption.js';
import { keyChecksum } from '../../tools/drm/playready.js';
import { initPssh } from '../../tools/drm/pssh.js';
import { FILES } from '../../tools/packager/command.js';
import { makePipes } from '../../tools/pipes.js';
import { protectBytes, type KeyInUse } from './protect-bytes.js';

/** A closed segment, and the initialization segment that it needs. */
export interface SegmentBytes {
  readonly bytes: Buffer;
  readonly init: Buffer;
}

/** Encrypts the segments of a title. */
export interface Protector {
  /**
   * A clear segment in, an encrypted one out, and its initialization segment: a function of both, the key, the rendition's
   * id and the segment's index. Throws MediactlError protect-failed, disk-full; and the signal's reason.
   */
  readonly protect: (rendition: Rendition, index: number, clear: SegmentBytes) => Promise<SegmentBytes>;
  /** Removes what it has worked with. */
  close(): Promise<void>;
}

export interface ProtectorOptions {
  readonly plan: EncodePlan;
  readonly keys: ContentKeys;
  /** Shaka Packager: its name or path. */
  readonly program: string;
  /** The working folder. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const SCRATCH = 'protect-';

/** Short runs, one after the other but for one that waits for the disk meanwhile. */
const PLACES = ['a', 'b'];

/** Null: nothing of this title is encrypted. Throws MediactlError keys-missing, output-not-writable. */
export async function openProtector(options: ProtectorOptions): Promise<Protector | null> {
  const { plan, keys, folder } = options;
  const tracks = new Map<string, Track>();
  for (const rendition of plan.renditions) {
    const { protection } = packagingOf(plan, rendition);
    if (protection) tracks.set(rendition.id, trackOf(rendition, protection, keys));
  }
  if (tracks.size === 0) return null;
  const scratch = await makeScratch(folder);
  // Each run has one to itself: of a rendition, chunks are made side by side.
  const free = PLACES.map((place) => join(scratch, place));
  const limit = pLimit(PLACES.length);
  return {
    async protect(rendition, index, clear) {
      const track = tracks.get(rendition.id);
      if (!track) throw new RangeError(`${rendition.id} is not encrypted`);
      return limit(async () => {
        const place = free.pop();
        if (place === undefined) throw new RangeError('more runs than places');
        try {
          return await protectOne(options, place, track, index, clear);
        } finally {
          free.push(place);
        }
      });
    },
    close: () => rm(scratch, { recursive: true, force: true, maxRetries: 3 }),
  };
}

interface Track {
  readonly rendition: Rendition;
  readonly protection: Protection;
  readonly planned: PlannedKey;
  readonly key: Uint8Array;
}

function trackOf(rendition: Rendition, protection: Protection, { keys }: ContentKeys): Track {
  const planned = plannedKeyOf(protection, rendition);
  const key = keys.find(({ kid }) => kid === planned.kid)?.key.reveal();
  if (key && keyChecksum(planned.kid, key) === planned.checksum) return { rendition, protection, planned, key };
  throw new MediactlError('keys-missing', `the key of ${rendition.name} is not the one that was planned with`, {
    reason: key ? `KID ${planned.kid} has another key now` : `there is no key with KID ${planned.kid}`,
    hint: 'pass the file of keys that the title was begun with',
  });
}

async function makeScratch(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.startsWith(SCRATCH)) await rm(join(folder, name), { recursive: true, force: true });
    }
    const scratch = await mkdtemp(join(folder, SCRATCH));
    await chmod(scratch, 0o700);
    for (const place of PLACES) await mkdir(join(scratch, place), { mode: 0o700 });
    await makePipes(PLACES.map((place) => join(scratch, place, FILES.keys)));
    return scratch;
  } catch (error) {
    throw asWriteError(error, folder);
  }
}

async function protectOne(
  { program, timeoutMs, signal }: ProtectorOptions,
  folder: string,
  { rendition, protection, planned, key }: Track,
  index: number,
  clear: SegmentBytes,
): Promise<SegmentBytes> {
  const { scheme, systems } = protection;
  const iv = scheme === 'cenc' ? cencIv(key, rendition.id, index, clear.bytes) : cbcsIv(key, rendition.id);
  const encryption: TrackEncryption = trackEncryption(
    scheme,
    rendition.kind,
    planned.kid,
    scheme === 'cbcs' ? iv : null,
  );
  const init = protectInit(clear.init, encryption, initPssh(planned, scheme, systems));
  const file = join(folder, FILES.clear);
  try {
    await writeFile(file, Buffer.concat([clear.init, clear.bytes]), { mode: 0o600 });
  } catch (error) {
    throw asWriteError(error, file);
  }
  const used: KeyInUse = { kid: planned.kid, key, iv };
  try {
    return { bytes: await protectBytes({ program, folder, timeoutMs, signal }, clear, init, encryption, used), init };
  } finally {
    await rm(file, { force: true });
  }
}
