import { openLocalSource } from '../../stages/probe/local-source.js';
import { parseInput } from '../../storage/remote-file/input-location.js';
import type { RunContext } from '../../tools/run-context.js';
import { localTitleSource } from './local-source.js';
import type { SourceSettings, TitleSource } from './title-source.js';

/** Opens INPUT for `work`, and closes it whatever happens. Throws what the `input-…` and `storage-…` codes name. */
export async function withSource<T>(
  input: string,
  settings: SourceSettings,
  run: RunContext,
  work: (source: TitleSource) => Promise<T>,
): Promise<T> {
  const source = await openTitleSource(input, settings, run);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

async function openTitleSource(input: string, settings: SourceSettings, run: RunContext): Promise<TitleSource> {
  const location = parseInput(input);
  if (location.kind === 'file') return localTitleSource(await openLocalSource(input), input);
  const { openRemoteSource } = await import('./remote-source.js');
  return openRemoteSource(location, settings, run);
}
