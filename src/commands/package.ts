import { setPriority } from 'node:os';
import type { ResultEvent } from '../model/events.js';
import type { TitleSettings } from '../model/settings.js';
import { openForEncode } from '../pipeline/delivery/destination.js';
import type { Place } from '../pipeline/delivery/place.js';
import { openFinished } from '../pipeline/finished/open-finished.js';
import { packageTitle } from '../pipeline/finished/package-title.js';
import { makeTitle } from '../pipeline/make-title.js';
import { destinationOf } from '../pipeline/title-job.js';
import type { CommandContext } from './context.js';
import { openExisting } from './open-existing.js';
import { saveReceipt } from './receipt.js';

/** `mediactl package`: a finished title to one in `format`. Gives the final event, or throws. */
export async function packageCommand(
  title: string,
  context: CommandContext & { readonly format: NonNullable<TitleSettings['format']> },
): Promise<ResultEvent> {
  const { settings, format, cwd } = context;
  const { work } = settings;
  if (work.nice !== null) setPriority(work.nice);
  const location = destinationOf(title, settings.output, cwd);
  context.emit({ type: 'stage', stage: 'probe' });
  const source = await openFinished({ kind: 'title', place: await openExisting(title, context) });
  const open = (): Promise<Place> => openForEncode(location, settings, context);
  const maker = packageTitle({ source, format, work });
  const request = { maker, work, strict: settings.title.strict, openDestination: open };
  const { result, destination } = await makeTitle(request, context);
  return saveReceipt(result, context, { beside: destination.folder, folder: null });
}
