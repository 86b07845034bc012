import { publishedIn } from '../work/journal.js';
import { checkPublished, checkStaged } from './check-delivered.js';
import type { Delivery } from './delivery.js';
import type { Destination } from './destination.js';

/** To a folder beside the working folder: all is moved there when it is complete. */
export function folderDelivery(folder: string, { name }: Destination): Delivery {
  return {
    published: publishedIn(name),
    failed: new AbortController().signal,
    stagedBytes: Infinity,
    shared: null,
    take: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    async check(artifacts) {
      await checkStaged(folder, artifacts);
      return [...artifacts];
    },
    checkPublished: () => checkPublished(name),
    stop: () => {},
    close: () => Promise.resolve(),
  };
}
