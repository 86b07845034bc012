import { expect, test } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { openLocalSource } from '../../../src/stages/probe/local-source.js';
import { surveySource } from '../../../src/stages/probe/survey.js';
import { ffprobe } from '../../../src/tools/ffprobe.js';

const TOOLS = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

test('a source of which the headers say too little is read to its end, remote and large ones, too, and tells how far', async () => {
  const source = await openLocalSource(await clip('transportNewPids'));
  const answer = await ffprobe(source.address, TOOLS);
  if (answer.kind === 'failure') expect.unreachable();
  else {
    const progress: number[] = [];
    const identity = { ...source.identity, bytes: 5_000_000_000 };
    const remote = { ...source, identity, distant: true };
    const found = await surveySource(
      remote,
      TOOLS,
      { report: answer.report, structure: null },
      { onProgress: (bytes) => progress.push(bytes) },
    );
    expect(found?.tracks.length).toBeGreaterThan(1);
    expect(Math.max(...progress)).toBeGreaterThan(source.identity.bytes * 0.8);
    expect(Math.max(...progress)).toBeLessThan(source.identity.bytes);
  }
});
