import { setPriority } from 'node:os';
import { loadPreset } from '../config/presets.js';
import type { ResultEvent } from '../model/events.js';
import { openForEncode } from '../pipeline/delivery/destination.js';
import type { Place } from '../pipeline/delivery/place.js';
import { encodeTitle } from '../pipeline/encoding/encode-title.js';
import { makeTitle } from '../pipeline/make-title.js';
import { titleKeys } from '../pipeline/protection-request.js';
import { withSource } from '../pipeline/source/open-source.js';
import { titleJob } from '../pipeline/title-job.js';
import type { CommandContext } from './context.js';
import { saveReceipt } from './receipt.js';

/** `mediactl encode`: one input to one title. Gives the final event, or throws. */
export async function encodeCommand(input: string, context: CommandContext): Promise<ResultEvent> {
  const { settings } = context;
  // For this process, and so for every FFmpeg it starts.
  const { nice } = settings.work;
  if (nice !== null) setPriority(nice);
  const ladder = await loadPreset(settings.title.ladder, context.cwd);
  const keys = await titleKeys(settings, context.cwd);
  const job = titleJob(input, ladder, settings, context.cwd);
  return withSource(input, settings, context, async (source) => {
    const open = (): Promise<Place> => openForEncode(job.destination, settings, context);
    const maker = encodeTitle({ job, work: settings.work, keys, source });
    const request = { maker, work: settings.work, strict: settings.title.strict, openDestination: open };
    const { result, destination } = await makeTitle(request, context);
    return saveReceipt(result, context, { beside: destination.folder, folder: null });
  });
}
