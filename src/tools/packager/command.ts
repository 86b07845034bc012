import type { ProtectionScheme } from '../../model/protection.js';

/** Names of files in the folder that a run works in. Names only: a path with a comma would end where it stands. */
export const FILES = {
  clear: 'clear.mp4',
  keys: 'keys.fifo',
  init: 'init.mp4',
  segment: 'segment-$Number$.m4s',
} as const;

/** The segment's, as FILES names it: each run makes one. */
export const SEGMENT_FILE = 'segment-1.m4s';

/**
 * Shaka Packager for one closed segment with its header in front. Keys and IV are in none of these: they come by the flag
 * file. A segment must not be cut, so that it is told of segments longer than any; and it would leave the first five
 * seconds of everything clear.
 */
export function packagerArgs(scheme: ProtectionScheme): string[] {
  const stream = [`in=${FILES.clear}`, 'stream=0', `init_segment=${FILES.init}`, `segment_template=${FILES.segment}`];
  return [
    '--quiet',
    stream.join(','),
    '--segment_duration',
    '1000000',
    '--clear_lead',
    '0',
    '--protection_scheme',
    scheme,
    '--protection_systems',
    'CommonSystem',
    '--generate_sidx_in_media_segments=false',
    '--mp4_include_pssh_in_stream=false',
    '--io_cache_size',
    '0',
    '--single_threaded',
    '--enable_raw_key_encryption',
    '--flagfile',
    FILES.keys,
  ];
}

/** What the flag file says: secret. */
export function secretFlags({
  kid,
  key,
  iv,
}: {
  readonly kid: string;
  readonly key: Uint8Array;
  readonly iv: Buffer;
}): string {
  const hex = Buffer.from(key).toString('hex');
  return `--keys=label=:key_id=${kid}:key=${hex}\n--iv=${iv.toString('hex')}\n`;
}
