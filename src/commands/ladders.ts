import { ladderJsonSchema } from '../config/preset-schema.js';
import { listPresets, loadPreset } from '../config/presets.js';
import type { Preset, RateControl } from '../model/preset.js';
import { printable } from '../model/text.js';
import { formatBitrate } from '../report/format.js';

export interface LaddersOptions {
  /** A built-in's name or a ladder file; null: all built-ins. */
  readonly name: string | null;
  readonly json: boolean;
  /** The JSON Schema of ladder files instead. */
  readonly schema: boolean;
  /** The ladder that encode would use, and what chose it: it is marked. */
  readonly inForce: LadderInForce;
  readonly cwd: string;
}

export interface LadderInForce {
  /** A built-in's name or the path of a file. */
  readonly ladder: string;
  /** The settings file or variable that chose it; null: it is the default. */
  readonly where: string | null;
}

/**
 * `mediactl ladders [NAME]`: what stdout should get, without the last newline. With `json`, an array of ladders, or
 * the one that was named; bit rates in bits per second.
 *
 * @throws MediactlError('config') for an unknown name or a ladder file that is wrong
 */
export async function ladders({ name, json, schema, inForce, cwd }: LaddersOptions): Promise<string> {
  if (schema) return toJson(ladderJsonSchema());
  if (name === null) {
    const presets = await listPresets();
    return json ? toJson(presets) : overview(presets, inForce);
  }
  const preset = await loadPreset(name, cwd);
  return json ? toJson(preset) : details(preset);
}

function overview(presets: readonly Preset[], { ladder, where }: LadderInForce): string {
  const mark = where === null ? 'default' : 'in use';
  const rows = presets.map((preset) => [
    preset.name === ladder ? `${preset.name} (${mark})` : preset.name,
    `${preset.segment.seconds} s`,
    rungRange(preset.video.rungs),
    rateText(preset.video.rateControl),
    printable(preset.description),
  ]);
  const lines = table([['ladder', 'segment', 'rungs', 'rate control', 'for'], ...rows]);
  const chosen = where === null ? [] : ['', `in use: ${printable(ladder)}, chosen by ${printable(where)}`];
  return [...lines, ...chosen].join('\n');
}

function details(preset: Preset): string {
  const { segment, video, audio } = preset;
  const facts = table([
    ['segment', `${segment.seconds} s, a keyframe every ${segment.keyframeSeconds} s`],
    ['video', `${video.codec} by ${video.encoder}${optionsText(video.options)}, up to ${video.maxFrameRate} fps`],
    ['rate control', `${rateText(video.rateControl)}, buffer of ${video.rateControl.bufferSeconds} s`],
    [
      'audio',
      `${audio.codec} by ${audio.encoder}${optionsText(audio.options)}, ${formatBitrate(audio.bitrate)}, ` +
        `${audio.sampleRate / 1000} kHz, ${audio.channels === 1 ? 'mono' : 'stereo'}`,
    ],
  ]);
  const figure = video.rateControl.mode === 'crf' ? 'at most' : 'average';
  const rungs = table([
    ['rung', 'short side', figure],
    ...video.rungs.map((rung) => [rung.name, String(rung.shortSide), formatBitrate(rung.bitrate)]),
  ]);
  const notes = (preset.notes ?? []).map((note) => `note: ${note}`);
  const title = preset.description === '' ? preset.name : `${preset.name}: ${printable(preset.description)}`;
  const blocks = [[title], facts, rungs, notes].filter((block) => block.length > 0);
  return blocks.map((block) => block.join('\n')).join('\n\n');
}

function rungRange(rungs: Preset['video']['rungs']): string {
  const [first, last] = [rungs[0]?.name ?? '', rungs.at(-1)?.name ?? ''];
  return first === last ? first : `${first} to ${last}`;
}

function rateText(control: RateControl): string {
  return control.mode === 'crf' ? `capped CRF ${control.crf}` : `average, peak × ${control.peakRatio}`;
}

function optionsText(options: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '' : ` (${pairs.join(', ')})`;
}

/** Columns aligned by the widest cell of each. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
