import { MediactlError } from '../../errors.js';
import type { Place } from '../delivery/place.js';
import type { FinishedSource } from './finished-source.js';
import { openFinishedTitle } from './finished-title.js';

/** What `package` is told to make a title of: a title of ours, or files that were made elsewhere. */
export type FinishedInput =
  { readonly kind: 'title'; readonly place: Place } | { readonly kind: 'files'; readonly paths: readonly string[] };

/** Opens it, and checks what can be seen without reading its segments. Throws MediactlError input-…, storage-…. */
export async function openFinished(input: FinishedInput): Promise<FinishedSource> {
  switch (input.kind) {
    case 'title':
      return openFinishedTitle(input.place);
    case 'files':
      throw new MediactlError('input-unsupported', 'only titles of mediactl can be packaged', {
        hint: 'name the folder of a title; to make one of a file: mediactl encode movie.mp4',
      });
  }
}
