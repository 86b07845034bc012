#!/usr/bin/env node
/*
 * npm run bench [-- --only account,against,encode,start,gcs,license,memory,package] [--clip FILE] [--seconds N] [--rounds N]
 *   [--presets medium,veryfast] [--objects N] [--gib N] [--segments N] [--other CHECKOUT] [--minutes N]
 *
 * Every figure is a ratio of whole processes measured in one run, in turns (A B A B …), the median of the rounds:
 * machines differ and drift, ratios hold. Method in bench/README.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchClip } from '../fixtures/bench-clip.mjs';
import { accountFigures } from './account.mjs';
import { againstFigures } from './against.mjs';
import { encodeFigures } from './encode.mjs';
import { gcsFigures } from './gcs.mjs';
import { licenseFigures } from './license.mjs';
import { memoryFigures } from './memory.mjs';
import { packageFigures } from './package.mjs';
import { startFigures } from './start.mjs';

const { values } = parseArgs({
  options: {
    clip: { type: 'string' },
    seconds: { type: 'string', default: '24' },
    rounds: { type: 'string', default: '3' },
    presets: { type: 'string', default: 'medium,veryfast' },
    only: { type: 'string', default: 'encode,start,gcs' },
    objects: { type: 'string', default: '2000' },
    gib: { type: 'string', default: '5' },
    segments: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    other: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'mediactl-bench-'));
const mediactl = fileURLToPath(new URL('../bin/mediactl.js', import.meta.url));
try {
  const rounds = Number(values.rounds);
  const clip = benchClip(folder, Number(values.seconds), values.clip ?? null);
  /** @type {import('./measure.mjs').Row[]} */
  const rows = [];
  const only = new Set(values.only.split(','));
  for (const preset of only.has('encode') ? values.presets.split(',') : []) {
    rows.push(...(await encodeFigures({ clip, folder, mediactl, preset, rounds, log })));
  }
  for (const preset of only.has('account') ? values.presets.split(',') : []) {
    rows.push(...(await accountFigures({ clip, folder, mediactl, preset, rounds, log })));
  }
  for (const preset of only.has('against') ? values.presets.split(',') : []) {
    rows.push(...(await againstFigures({ clip, folder, mediactl, other: values.other, preset, rounds, log })));
  }
  if (only.has('start')) rows.push(...(await startFigures({ clip, folder, mediactl, rounds: 15 })));
  if (only.has('gcs')) {
    rows.push(
      ...(await gcsFigures({
        clip,
        folder,
        mediactl,
        rounds,
        objects: Number(values.objects),
        gib: Number(values.gib),
        log,
      })),
    );
  }
  if (only.has('license')) rows.push(...(await licenseFigures({ folder, mediactl, rounds, log })));
  if (only.has('memory')) {
    const segments = values.segments === undefined ? null : Number(values.segments);
    rows.push(...(await memoryFigures({ folder, mediactl, segments, log })));
  }
  if (only.has('package')) {
    rows.push(...(await packageFigures({ clip, folder, mediactl, rounds, minutes: Number(values.minutes), log })));
  }
  console.log('\n| what | measured | wanted | |\n| --- | --- | --- | --- |');
  for (const { what, value, wanted, note } of rows)
    console.log(`| ${what} | ${value} | ${wanted ?? ''} | ${note ?? ''} |`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} text */
function log(text) {
  console.error(text);
}
