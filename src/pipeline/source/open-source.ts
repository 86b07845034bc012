import { openLocalSource } from '../../stages/probe/local-source.js';
import { parseInput } from '../../storage/remote-file/input-location.js';
import { localTitleSource } from './local-source.js';
import { type SourceRequest, type TitleSource } from './title-source.js';

/** Opens INPUT for `work`, and closes it whatever happens. Throws what the `input-…` and `storage-…` codes name. */
export async function withSource<T>(
  input: string,
  request: SourceRequest,
  work: (source: TitleSource) => Promise<T>,
): Promise<T> {
  const source = await openTitleSource(input, request);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

async function openTitleSource(input: string, request: SourceRequest): Promise<TitleSource> {
  const location = parseInput(input);
  if (location.kind === 'file') return localTitleSource(await openLocalSource(input), input);
  const { openRemoteSource } = await import('./remote-source.js');
  return openRemoteSource(location, request);
}
