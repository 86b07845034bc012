import type { Outlook } from '../model/outlook.js';
import type { ContainerName, ManifestName, Packaging } from '../model/packaging.js';
import type { Decision, EncodePlan, LeftOut } from '../model/plan.js';
import { formatRational, toNumber } from '../model/rational.js';
import type { AudioRendition, VideoRendition } from '../model/rendition.js';
import type { Schedule } from '../model/schedule.js';
import { printable } from '../model/text.js';
import { count, formatBitrate, formatBytes, formatLength } from './format.js';
import { containerName } from './media-words.js';
import { describeOutlook } from './outlook-text.js';
import { renderWarning } from './result-text.js';
import { createStyle, type Style } from './style.js';
import { displayWidth, padTo, wrap } from './wrap.js';

/** Where a title would go, and what would become of what is there. */
export interface PlannedDestination {
  readonly output: string;
  readonly outlook: Outlook;
}

/** A command as it will run: what it is for, and its line for a shell. */
export interface PlanCommand {
  readonly label: string;
  readonly shell: string;
}

/**
 * A plan for people: the source, the renditions, what is left out, what to know, how much it will be, what would become of
 * the destination, every decision with its reason, and the commands, each on one line of its own to be copied. `columns`: of
 * the terminal.
 */
export function renderPlan(
  plan: EncodePlan,
  schedule: Schedule,
  commands: readonly PlanCommand[],
  options: {
    readonly color: boolean;
    /** The terminal can show more than ASCII; true when not given. */
    readonly unicode?: boolean;
    readonly columns: number;
    /** The file of a ladder that is not built in, whatever it calls itself. */
    readonly ladderFile?: string | null;
    readonly destination: PlannedDestination | null;
  },
): string {
  const style = createStyle({ color: options.color, unicode: options.unicode ?? true });
  const columns = Math.max(40, options.columns);
  const blocks = [
    headline(plan, options.ladderFile ?? null, style),
    renditionBlock(plan, style),
    leftOutBlock(plan.leftOut, columns, style),
    warningBlock(plan, columns, style),
    predictionLine(plan, columns, style),
    options.destination && destinationBlock(options.destination, plan, columns, style),
    decisionBlock([...plan.decisions, ...schedule.decisions], columns, style),
    commandBlock(commands, style),
  ];
  return blocks.filter((block) => block !== null).join('\n\n');
}

function destinationBlock(
  { output, outlook }: PlannedDestination,
  { timeline }: EncodePlan,
  columns: number,
  style: Style,
): string {
  const lines = describeOutlook(outlook, timeline.expectedSeconds).flatMap((line) =>
    wrap(printable(line), columns - 2),
  );
  const head = `${style.strong('destination')}  ${printable(output)}`;
  const paint = outlook.state === 'refused' ? style.bad : (line: string): string => line;
  return [head, ...lines.map((line) => `  ${paint(line)}`)].join('\n');
}

function headline(plan: EncodePlan, ladderFile: string | null, style: Style): string {
  const { source, input, preset, timeline, packaging } = plan;
  const from = ladderFile === null ? '' : ` (${printable(ladderFile)})`;
  const length = timeline.expectedSeconds === null ? 'length unknown' : formatLength(timeline.expectedSeconds);
  const facts = [formatBytes(source.bytes), containerName(printable(input.format)), length].join(', ');
  return `${style.strong(printable(source.path))} (${facts})\n${style.glyphs.arrow} ladder ${style.strong(printable(preset))}${from}, ${packaging.map(packagingText).join(', and ')}`;
}

const MANIFESTS: Readonly<Record<ManifestName, string>> = { hls: 'HLS', dash: 'DASH' };
const SEGMENTS: Readonly<Record<ContainerName, string>> = {
  mpegts: 'MPEG-TS segments',
  fmp4: 'CMAF (fragmented MP4) segments',
};

function packagingText({ manifests, container }: Packaging): string {
  return `${manifests.map((name) => MANIFESTS[name]).join(' and ')} with ${SEGMENTS[container]}`;
}

function decisionBlock(decisions: readonly Decision[], columns: number, style: Style): string | null {
  if (decisions.length === 0) return null;
  const rows = decisions.map(({ subject, choice, reason }) =>
    [subject, choice, reason].map((text) => printable(text).replaceAll('×', style.glyphs.times)),
  );
  const subjectWidth = Math.max(...rows.map(([subject = '']) => displayWidth(subject)));
  const indent = 2 + subjectWidth + 2;
  const choiceWidth = Math.min(
    Math.max(...rows.map(([, choice = '']) => displayWidth(choice))),
    Math.floor((columns - indent) / 2),
  );
  const reasonAt = indent + choiceWidth + 2;
  // Side by side where a reason still has room to be read, else one under the other.
  const beside = columns - reasonAt >= 40;
  const lines = rows.flatMap(([subject = '', choice = '', reason = '']) => {
    const head = `  ${style.accent(padTo(subject, subjectWidth))}  `;
    const choices = wrap(choice, beside ? choiceWidth : columns - indent);
    const reasons = wrap(reason, columns - (beside ? reasonAt : indent + 2));
    return beside
      ? besideLines(head, indent, choices, choiceWidth, reasons, style)
      : [
          ...choices.map((line, i) => (i === 0 ? head : ' '.repeat(indent)) + line),
          ...reasons.map((line) => ' '.repeat(indent + 2) + style.faint(line)),
        ];
  });
  return [style.strong('decisions'), ...lines].join('\n');
}

function besideLines(
  head: string,
  indent: number,
  choices: readonly string[],
  choiceWidth: number,
  reasons: readonly string[],
  style: Style,
): string[] {
  return Array.from({ length: Math.max(choices.length, reasons.length) }, (_, i) => {
    const reason = reasons[i];
    const choice = choices[i] ?? '';
    const start = i === 0 ? head : ' '.repeat(indent);
    return reason === undefined ? start + choice : `${start}${padTo(choice, choiceWidth)}  ${style.faint(reason)}`;
  });
}

function renditionBlock({ renditions, grid }: EncodePlan, style: Style): string | null {
  const rate = grid.frameRate === null ? '' : `${formatRational(grid.frameRate)} fps`;
  const rows = renditions.map((rendition) => {
    const { name, encoder, id } = rendition;
    switch (rendition.kind) {
      case 'video': {
        const size = `${rendition.width}${style.glyphs.times}${rendition.height}`;
        if (rendition.copy) return [name, size, rate, 'copy', `up to ${formatBitrate(rendition.rate.maxBitrate)}`, id];
        return [name, size, rate, encoder, rateText(rendition), id];
      }
      case 'audio': {
        const label = printable(rendition.label);
        return [name, label, channelText(rendition), encoder, formatBitrate(rendition.bitrate), id];
      }
    }
  });
  if (rows.length === 0) return null;
  const table = [['rendition', '', '', 'encoder', 'bit rate', 'folder'], ...rows];
  const widths = (table[0] ?? []).map((_, i) => Math.max(...table.map((row) => displayWidth(row[i] ?? ''))));
  const lines = table.map(
    (row) =>
      `  ${row
        .map((cell, i) => padTo(cell, widths[i] ?? 0))
        .join('  ')
        .trimEnd()}`,
  );
  return [style.strong('renditions'), style.faint(lines[0] ?? ''), ...lines.slice(1)].join('\n');
}

function rateText({ rate }: VideoRendition): string {
  return rate.mode === 'crf'
    ? `crf ${rate.crf} up to ${formatBitrate(rate.maxBitrate)}`
    : `${formatBitrate(rate.bitrate)}, peaks to ${formatBitrate(rate.maxBitrate)}`;
}

function channelText({ channels, sampleRate, isDefault }: AudioRendition): string {
  const layout = channels === 2 ? 'stereo' : channels === 1 ? 'mono' : `${channels} ch`;
  return `${layout} ${sampleRate / 1000} kHz${isDefault ? ', default' : ''}`;
}

function leftOutBlock(leftOut: readonly LeftOut[], columns: number, style: Style): string | null {
  if (leftOut.length === 0) return null;
  const lines = leftOut.flatMap(({ what, reason }) =>
    wrap(`${printable(what)}: ${printable(reason)}`, columns - 4).map((line, i) => (i === 0 ? '  ' : '    ') + line),
  );
  return [style.strong('left out'), ...lines].join('\n');
}

function warningBlock({ warnings }: EncodePlan, columns: number, style: Style): string | null {
  if (warnings.length === 0) return null;
  const lines = warnings.flatMap((warning) => renderWarning(warning, style, columns - 2).split('\n'));
  return [style.strong('warnings'), ...lines.map((line) => `  ${line}`)].join('\n');
}

function predictionLine({ prediction, grid, renditions, picture }: EncodePlan, columns: number, style: Style): string {
  const title = style.strong('prediction');
  if (prediction.maxBytes === null || prediction.segments === null) {
    return `${title}  unknown, because the length is unknown`;
  }
  const seconds = Number(toNumber(grid.segmentSeconds).toFixed(3));
  const calm = picture === null ? '' : ' (calm video takes far less)';
  const text = `at most ${formatBytes(prediction.maxBytes)}${calm}: ${count(renditions.length, 'rendition')} of ${count(prediction.segments, 'segment')} of ${seconds} s`;
  return `${title}  ${wrap(text, columns - PREDICTION_AT).join(`\n${' '.repeat(PREDICTION_AT)}`)}`;
}

const PREDICTION_AT = 'prediction  '.length;

// Never wrapped: a line broken by the terminal is still one line when copied.
function commandBlock(commands: readonly PlanCommand[], style: Style): string | null {
  if (commands.length === 0) return null;
  return [
    style.strong('commands'),
    ...commands.flatMap(({ label, shell }) => [style.faint(`# ${printable(label)}`), shell]),
  ].join('\n');
}
