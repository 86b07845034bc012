import { expect, test } from 'vitest';
import { brokenLayers } from '../../scripts/check-layers.mjs';

function check(file: string, text: string): string[] {
  return brokenLayers(new Map([[file, text]]));
}

test.each([
  ['src/stages/plan/plan.ts', "import { x } from './grid.js';"],
  ['src/stages/encode/argv/x.ts', "import { x } from '../channel.js';"],
  ['src/stages/plan/plan.ts', "import type { MediaInfo } from '../../model/media.js';"],
  ['src/stages/plan/plan.ts', "import { MediactlError } from '../../errors.js';"],
  ['src/pipeline/vod.ts', "import { plan } from '../stages/plan/plan.js';"],
  ['src/cli/main.ts', "const { encode } = await import('../commands/encode.js');"],
  ['src/tools/process.ts', "import { execa } from 'execa';"],
  ['src/stages/plan/plan.ts', "import fs from 'node:fs/promises';"],
  ['src/stages/plan/plan.ts', "// import '../probe/probe.js'\n/* import x from '../probe/probe.js' */"],
])('%s may say %s', (file, text) => {
  expect(check(file, text)).toEqual([]);
});

test.each([
  ['src/stages/plan/plan.ts', "import { probe } from '../probe/probe.js';", 'a stage never imports another stage'],
  ['src/stages/plan/plan.ts', "import type { X } from '../probe/probe.js';", 'a stage never imports another stage'],
  ['src/stages/plan/plan.ts', "import { load } from '../../config/load.js';", 'stages may import'],
  ['src/stages/plan/plan.ts', "await import('../../report/bars.js')", 'stages may import'],
  ['src/stages/plan/plan.ts', "export * from '../../cli/main.js';", 'stages may import'],
  ['src/report/bars.ts', "import { x } from '../config/load.js';", 'report may import model, errors'],
  ['src/config/load.ts', "import { x } from '../tools/process.js';", 'config may import model, errors'],
  ['src/tools/ffprobe.ts', "import { x } from '../storage/local.js';", 'tools may import'],
  ['src/pipeline/vod.ts', "import { x } from '../config/load.js';", 'pipeline may import'],
  ['src/commands/encode.ts', "import { x } from '../cli/session.js';", 'commands may import'],
  ['src/model/plan.ts', "import { x } from '../errors.js';", 'model is below errors'],
  ['src/utils/x.ts', "import { x } from '../errors.js';", 'no room'],
  ['src/cli/main.ts', "import { x } from '../../test/x.js';", 'outside src/'],
  ['src/stages/encode/x.ts', "import { execa } from 'execa';", 'only'],
  ['src/stages/encode/x.ts', "import { spawn } from 'node:child_process';", 'only'],
  ['src/storage/local.ts', "import { Storage } from '@google-cloud/storage';", 'only'],
  ['src/commands/x.ts', "import chalk from 'chalk';", 'only'],
])('%s must not say %s', (file, text, why) => {
  expect(check(file, text)).toEqual([expect.stringContaining(why)]);
});
