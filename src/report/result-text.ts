import { relative } from 'node:path';
import type { RenditionMeasure } from '../model/artifact.js';
import type { ResultEvent, Transfer, WarningEvent } from '../model/events.js';
import type { Warning } from '../model/media.js';
import { CONTAINER_NAMES } from '../model/packaging.js';
import { streamsOf } from '../model/rendition.js';
import { printable, shellCommand, shellQuote } from '../model/text.js';
import { accountLine } from './account-text.js';
import { count, formatBitrate, formatBytes, formatLength, formatSpeed } from './format.js';
import type { Style } from './style.js';
import { layOutTable, type Column } from './table.js';
import { wrap } from './wrap.js';

/** What a result does not carry itself: sizes by rendition id, from the start event where there was one. */
export type Sizes = ReadonlyMap<string, { readonly width: number; readonly height: number }>;

/**
 * The end of a run for people: what was made, its renditions, where it is, how to play it, what to know. `isNew`: whether
 * a warning was not shown before.
 */
export function renderResult(
  result: ResultEvent,
  sizes: Sizes,
  columns: number,
  style: Style,
  isNew: (warning: Warning) => boolean = () => true,
): string {
  const room = Math.max(20, columns);
  const [mark = '', ...words] = headline(result, style).split(' ');
  const blocks = [`${mark} ${wrap(words.join(' '), room - 2).join('\n  ')}`];
  const isMade = result.outcome === 'encoded' || result.outcome === 'packaged';
  if (isMade && result.renditions.length > 0) {
    blocks.push(renderTable(result.renditions, sizes, result.bytes, columns, style));
  }
  const how = result.url === undefined ? 'play it' : 'once its objects are public, play it';
  const confirmed =
    result.objects && result.outcome !== 'unchanged'
      ? `${wrap(`${count(result.objects.size, 'object')}, each confirmed by the bucket${transferred(result.transfer)}`, room).join('\n')}\n`
      : '';
  const address = result.url ?? result.playlist;
  const others = [
    ...(result.cmafPlaylist === undefined ? [] : [`${printable(result.cmafPlaylist)} (HLS, CMAF)\n`]),
    ...(result.manifest === undefined ? [] : [`${printable(result.manifest)} (DASH)\n`]),
    ...(result.clearKeyManifest === undefined ? [] : [`${printable(result.clearKeyManifest)} (DASH, Clear Key)\n`]),
  ].join('');
  const watching = result.protection
    ? wrap(`encrypted (${result.protection.scheme}): players ask a licence server for its keys`, room).join('\n')
    : `${how} with any HLS player:\n  ffplay ${shellQuote(address)}`;
  blocks.push(`${style.strong(printable(result.playlist))}\n${others}${confirmed}${watching}`);
  const account = isMade ? accountLine(result.account) : null;
  if (account !== null) blocks.push(wrap(account, room).join('\n'));
  if (result.receipt !== undefined) blocks.push(`receipt: ${printable(result.receipt)}`);
  const unseen = result.warnings.filter(isNew);
  if (result.warnings.length > 0) {
    const all = count(result.warnings.length, 'warning');
    const seen = unseen.length < result.warnings.length;
    const head = seen ? `${all}${unseen.length === 0 ? ', see above' : ', some of them above:'}` : `${all}:`;
    blocks.push([head, ...unseen.map((warning) => renderWarning(warning, style, columns))].join('\n'));
  }
  return blocks.join('\n\n');
}

/** "watch it: mediactl play movie", for a title in a folder; `cwd`: where that would be typed. Encrypted, it needs keys. */
export function watchHint({ output, url, renditions, protection }: ResultEvent, cwd: string): string | null {
  if (url !== undefined || renditions.length === 0) return null;
  const path = relative(cwd, output);
  const short = path === '' ? '.' : path.startsWith('..') ? output : path;
  const keys = protection ? ' --keys FILE' : '';
  return `watch it: ${shellCommand(['mediactl', 'play'])}${keys} ${shellCommand([...(short.startsWith('-') ? ['--'] : []), short])}`;
}

/** "! message": in lines of at most `columns`, the second and later ones indented; on one line without it. */
export function renderWarning({ message }: Pick<WarningEvent, 'message'>, style: Style, columns = Infinity): string {
  const lines = wrap(printable(message), Math.max(20, columns - 2));
  return lines.map((line, i) => style.caution(`${i === 0 ? style.glyphs.warning : ' '} ${line}`)).join('\n');
}

function headline(result: ResultEvent, style: Style): string {
  const place = printable(result.output);
  if (result.outcome === 'unchanged') {
    const size = `${formatLength(result.durationSeconds)}, ${formatBytes(result.bytes)}`;
    // A tree that was uploaded is no title, and is not encoded.
    const again = result.renditions.length > 0 ? '; --force makes it again' : '';
    return result.status === 'damaged'
      ? `${style.caution(style.glyphs.warning)} unchanged, but damaged: ${place} holds what could be read of the source (${size})${again}`
      : `${style.good(style.glyphs.done)} unchanged: ${place} is up to date (${size})${again}`;
  }
  if (result.outcome === 'relabelled') {
    return `${style.good(style.glyphs.done)} changed only headers: the bytes of ${place} are up to date`;
  }
  if (result.outcome === 'uploaded') {
    const { sent = { objects: 0, bytes: result.bytes } } = result.transfer ?? {};
    return `${style.good(style.glyphs.done)} uploaded ${formatBytes(sent.bytes)} in ${formatLength(result.elapsedSeconds)}`;
  }
  const speed = result.elapsedSeconds > 0 ? result.durationSeconds / result.elapsedSeconds : null;
  const pace = speed === null ? '' : ` (${formatSpeed(speed)} realtime)`;
  const done = `${formatLength(result.durationSeconds)} in ${formatLength(result.elapsedSeconds)}${pace}`;
  if (result.outcome === 'packaged') {
    const source =
      result.status === 'damaged' ? '; part of its source was lost when it was encoded, see the warnings' : '';
    return `${result.status === 'damaged' ? style.caution(style.glyphs.warning) : style.good(style.glyphs.done)} packaged ${done}${source}`;
  }
  return result.status === 'damaged'
    ? `${style.caution(style.glyphs.warning)} encoded what could be read: ${done}; the source is damaged, see the warnings`
    : `${style.good(style.glyphs.done)} encoded ${done}`;
}

/** ": 3 sent (300 kB), 2 given other headers, 41 there already (29.0 MB)"; nothing where all were sent. */
function transferred(transfer: Transfer | undefined): string {
  if (!transfer || transfer.patched.objects + transfer.there.objects === 0) return '';
  const { sent, patched, there } = transfer;
  const parts = [
    ...(sent.objects > 0 ? [`${sent.objects} sent (${formatBytes(sent.bytes)})`] : []),
    ...(patched.objects > 0 ? [`${patched.objects} given other headers`] : []),
    ...(there.objects > 0 ? [`${there.objects} there already (${formatBytes(there.bytes)})`] : []),
  ];
  return `: ${parts.join(', ')}`;
}

/** With its container, where one stream is in several. */
function nameOf({ name, container }: RenditionMeasure, isTwice: boolean): string {
  return isTwice && container ? `${printable(name)} ${CONTAINER_NAMES[container]}` : printable(name);
}

function renderTable(
  renditions: readonly RenditionMeasure[],
  sizes: Sizes,
  bytes: number,
  columns: number,
  style: Style,
): string {
  const resolution = (id: string): string => {
    const size = sizes.get(id);
    return size ? `${size.width}${style.glyphs.times}${size.height}` : '-';
  };
  const isTwice = new Set(streamsOf(renditions).flatMap(([one, other]) => (one && other ? [one.name] : [])));
  const rows = renditions.map((r) => [
    ...[nameOf(r, isTwice.has(r.name)), resolution(r.id), r.codecs, String(r.segments)],
    ...[formatBitrate(r.averageBitrate), formatBitrate(r.peakBitrate), formatBytes(r.bytes)],
  ]);
  const total = ['total', '', '', '', '', '', formatBytes(bytes)];
  const lines = layOutTable(COLUMNS, [...rows, total], columns - 2);
  return lines
    .map((line, i) => (i === 0 || i === lines.length - 1 ? style.faint(`  ${line}`) : `  ${line}`))
    .join('\n');
}

const COLUMNS: readonly Column[] = [
  { title: 'rendition', align: 'left' },
  { title: 'resolution', align: 'left', spare: 2 },
  { title: 'codec', align: 'left', spare: 3 },
  { title: 'segments', align: 'right', spare: 4 },
  { title: 'average', align: 'right' },
  { title: 'peak', align: 'right', spare: 1 },
  { title: 'size', align: 'right' },
];
