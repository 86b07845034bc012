import { printable, shellCommand } from '../model/text.js';
import { compactJson } from '../report/compact-json.js';
import { count } from '../report/format.js';
import { lineDiff } from '../report/line-diff.js';
import { createStyle, type Style } from '../report/style.js';
import { wrap } from '../report/wrap.js';
import type { BucketFinding } from '../stages/examine/finding.js';
import type { Change } from '../stages/examine/repair.js';

interface Shape {
  readonly color: boolean;
  readonly columns: number;
}

interface Told {
  readonly place: string;
  readonly ok: boolean;
  readonly findings: readonly BucketFinding[];
}

/** All findings; each that is not well with why it matters and how to change it. `fixing`: --fix is under way. */
export function describeFindings(report: Told & { readonly fixing?: boolean }, shape: Shape): string {
  const style = createStyle({ color: shape.color, unicode: true });
  const { place, findings, fixing = false } = report;
  const lines = [
    style.strong(printable(place)),
    ...findings.flatMap((each) => findingLines(each, style, shape.columns, fixing)),
  ];
  const fixable = findings.filter((finding) => finding.fixable);
  const fix = `${shellCommand(['mediactl', 'doctor', place])} --fix`;
  if (fixable.length > 0 && !fixing) {
    lines.push(
      '',
      `to fix ${fixable.map(({ check }) => check).join(' and ')} (it shows the change and asks first):`,
      `  ${fix}`,
    );
  }
  return `${[...lines, '', verdict(report, style)].join('\n')}\n`;
}

/** Each setting before and after, as a diff of its JSON. */
export function describeChanges(changes: readonly Change[], bucket: string, color: boolean): string {
  const style = createStyle({ color, unicode: true });
  const paint = (line: string): string =>
    line.startsWith('+') ? style.good(line) : line.startsWith('-') ? style.bad(line) : line;
  // In steps that do not depend on the terminal, so that what stays is seen to stay.
  const pretty = (list: readonly unknown[]): string => list.map((item) => compactJson(item, DIFF_WIDTH)).join('\n');
  return changes
    .map(({ setting, before, after }) => {
      const lines = lineDiff(pretty(before), pretty(after)).map((line) => paint(printable(line)));
      return [style.strong(`${setting} of ${printable(bucket)}`), ...lines, ''].join('\n');
    })
    .join('\n');
}

/** What --fix came to. */
export function describeOutcome(
  report: Told & { readonly changes: readonly Change[] | null; readonly fixed: boolean },
  { color, columns }: Shape,
): string {
  const style = createStyle({ color, unicode: true });
  const changed = (report.changes ?? []).map(({ setting }) => setting).join(' and ');
  if (!report.fixed) return `${changed === '' ? 'nothing to change' : 'nothing was changed'}\n`;
  const about = report.findings.filter(({ check }) => /^(cors|lifecycle)/.test(check));
  const lines = about.flatMap((finding) => findingLines(finding, style, columns));
  return `${[`changed: ${changed}`, ...lines, '', verdict(report, style)].join('\n')}\n`;
}

/** `brief`: what is about to be shown as a change is not shown here. */
function findingLines(finding: BucketFinding, style: Style, columns: number, brief = false): string[] {
  const { check, state, what, why, command, file } = finding;
  const { glyphs } = style;
  const sign = {
    ok: style.good(glyphs.done),
    advice: style.caution(glyphs.warning),
    wrong: style.bad('✘'),
    unseen: style.faint('?'),
  }[state];
  const wrapped = (label: string, text: string): string[] =>
    wrap(printable(text), Math.max(20, columns - INDENT.length - label.length)).map(
      (line, at) => `${INDENT}${at === 0 ? label : ' '.repeat(label.length)}${line}`,
    );
  const [first = '', ...rest] = wrapped('', what);
  const lines = [`  ${sign} ${check.padEnd(17)} ${first.trimStart()}`, ...rest];
  if (state === 'ok') return lines;
  if (why !== null) lines.push(...wrapped('why: ', why));
  if (brief && finding.fixable) return lines;
  // Whole, to be copied.
  if (command !== null) lines.push(`${INDENT}do:  ${printable(command)}`);
  if (file !== null) {
    const content = compactJson(file.content, columns - INDENT.length - 2)
      .split('\n')
      .map(printable);
    lines.push(`${INDENT}with ${file.name}:`, ...content.map((line) => style.faint(`${INDENT}  ${line}`)));
  }
  return lines;
}

const DIFF_WIDTH = 76;
const INDENT = ' '.repeat(22);

function verdict({ ok, findings }: Told, style: Style): string {
  const advice = findings.filter(({ state }) => state === 'advice').length;
  const unseen = findings.filter(({ state }) => state === 'unseen').length;
  const notes = [
    ...(advice > 0 ? [count(advice, 'recommendation')] : []),
    ...(unseen > 0 ? [`${unseen} could not be checked`] : []),
  ];
  const said = ok ? style.good('titles can be published here') : style.bad('titles cannot be published here');
  return notes.length === 0 ? said : `${said} (${notes.join(', ')})`;
}
