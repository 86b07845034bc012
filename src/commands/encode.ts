import { setPriority } from 'node:os';
import { loadPreset } from '../config/presets.js';
import { openForEncode } from '../pipeline/delivery/destination.js';
import { NamesTaken } from '../pipeline/delivery/uploader.js';
import { withSource } from '../pipeline/source/open-source.js';
import { titleJob } from '../pipeline/title-job.js';
import { makeTitle } from '../pipeline/vod.js';
import type { CommandContext } from './context.js';
import { saveReceipt } from './receipt.js';

/** `mediactl encode`: one input to one title. Ends with a `result` event, or throws. */
export async function encodeCommand(input: string, context: CommandContext): Promise<void> {
  const { settings, emit } = context;
  // For this process, and so for every FFmpeg it starts.
  const { nice } = settings.work;
  if (nice !== null) setPriority(nice);
  const ladder = await loadPreset(settings.title.ladder, context.cwd);
  const job = titleJob(input, ladder, settings, context.cwd);
  await withSource(input, settings, context, async (source) => {
    const make = async (): Promise<void> => {
      const destination = await openForEncode(job.destination, settings, context);
      const result = await makeTitle({ job, work: settings.work, source, destination }, context);
      emit(await saveReceipt(result, context, { beside: destination.folder, folder: null }));
    };
    await make().catch(async (error: unknown) => {
      if (!(error instanceof NamesTaken)) throw error;
      // Two that begin at once meet each other's segments: both would give up. The master playlist decides.
      const message =
        'another run makes the same version of the title at this moment: beginning again, with other names';
      emit({ type: 'warning', code: 'names-taken', message });
      await make();
    });
  });
}
