import { publishedIn } from '../work/published.js';
import { checkPublished, checkStaged } from './check-delivered.js';
import type { Delivery } from './delivery.js';

/** To the folder `title` beside the working folder: all is moved there when it is complete. */
export function folderDelivery(workFolder: string, title: string): Delivery {
  return {
    published: publishedIn(title),
    failed: new AbortController().signal,
    stagedBytes: Infinity,
    shared: null,
    take: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    async check(artifacts) {
      await checkStaged(workFolder, artifacts);
      return artifacts;
    },
    checkPublished: () => checkPublished(title),
    stop: () => {},
    close: () => Promise.resolve(),
  };
}
