import { MediactlError } from '../../errors.js';
import type { Source } from '../../model/source.js';
import { printable } from '../../model/text.js';
import { identify } from '../../stages/probe/identity.js';
import type { TitleSource } from './title-source.js';

/** A file of this machine as a title's source. */
export function localTitleSource(source: Source, name: string): TitleSource {
  const { identity, address } = source;
  return {
    ...source,
    name,
    failed: new AbortController().signal,
    hasWrongBytes: false,
    prepare: () => Promise.resolve(),
    release: () => Promise.resolve(),
    async check() {
      const now = await identify(identity.absolutePath).catch(() => null);
      if (now?.fingerprint === identity.fingerprint && now.modifiedMs === identity.modifiedMs) return;
      throw new MediactlError('source-changed', `${printable(name)} changed while it was being encoded`, {
        reason: 'its size, time or content differs from when the run started',
        hint: 'wait until nothing writes to it any more, then run the same command again',
      });
    },
    forPasting: () => ({ address, download: null }),
  };
}
