import type { Command } from 'commander';
import { flagName } from '../config/setting-names.js';
import { MediactlError } from '../errors.js';
import type { SettingKey, Settings } from '../model/settings.js';

/**
 * A flag about uploads that changes nothing is a mistake: most likely --to was forgotten. Settings from files and variables
 * are for all runs, and are left alone. Throws MediactlError('usage').
 */
export function refuseIdleUploadFlags(command: Command, { output }: Settings, inputs: readonly string[]): void {
  if (output.to !== null && IN_BUCKET.test(output.to)) return;
  const idle = UPLOAD.filter((key) => isGiven(command, key));
  // Sources in a bucket are read with as many requests.
  if (!inputs.some((input) => IN_BUCKET.test(input)) && isGiven(command, 'uploadJobs')) idle.push('uploadJobs');
  if (idle.length === 0) return;
  const names = idle.map((key) => flagName(key, true)).join(', ');
  throw new MediactlError('usage', `${names} ${idle.length === 1 ? 'has' : 'have'} no effect without a bucket`, {
    reason: output.to === null ? 'the title is written to a folder' : '--to names a folder',
    hint: 'add --to gs://bucket/path of the title, or leave the flag out',
  });
}

const UPLOAD: readonly SettingKey[] = ['bwlimit', 'receipt', 'maxStaging', 'storageClass', 'kmsKey', 'acl', 'metadata'];
const IN_BUCKET = /^gs:\/\//i;

/** --no-receipt asks for less, and is true of a folder. */
function isGiven(command: Command, key: SettingKey): boolean {
  return command.getOptionValueSource(key) === 'cli' && command.getOptionValue(key) !== false;
}
