import { printable } from '../model/text.js';
import { previewUpload, type PlannedObject, type UploadPreview } from '../pipeline/upload/preview-upload.js';
import { count, formatBytes } from '../report/format.js';
import { layOutTable, type Column } from '../report/table.js';
import type { CommandContext } from './context.js';
import type { Printed } from './list-titles.js';
import { uploadRequest } from './upload.js';

/** `mediactl upload DIR DEST --dry-run`: what stdout should get. Throws what the upload would throw at its beginning. */
export async function previewUploadCommand(
  folder: string,
  to: string,
  context: CommandContext,
  printed: Pick<Printed, 'columns'>,
): Promise<string> {
  const request = await uploadRequest(folder, to, context);
  const preview = await previewUpload(request);
  const place = request.destination.name;
  return context.settings.output.json ? toJson(place, preview) : toText(place, preview, printed.columns);
}

const ACTIONS = ['send', 'patch', 'leave', 'remove'] as const;

function toJson(destination: string, { objects, skipped }: UploadPreview): string {
  const listed = objects.map(({ path, action, replaces, bytes, headers }) => {
    const { contentType = null, cacheControl = null, metadata = {} } = headers ?? {};
    return { path, action, replaces, bytes, contentType, cacheControl, metadata };
  });
  const totals = Object.fromEntries(ACTIONS.map((action) => [action, totalOf(objects, action)]));
  return JSON.stringify({ dryRun: true, destination, ...totals, objects: listed, skipped }, null, 2);
}

const COLUMNS: readonly Column[] = [
  { title: 'would', align: 'left' },
  { title: 'size', align: 'right' },
  { title: 'Content-Type', align: 'left', spare: 2 },
  { title: 'Cache-Control', align: 'left', spare: 1 },
  { title: 'object', align: 'left' },
];

function toText(destination: string, { objects, skipped }: UploadPreview, columns: number): string {
  const changed = objects.filter(({ action }) => action !== 'leave');
  const rows = changed.map(({ path, action, replaces, bytes, headers }) => [
    ...[replaces ? 'replace' : action, formatBytes(bytes)],
    ...[printable(headers?.contentType ?? ''), printable(headers?.cacheControl ?? ''), printable(path)],
  ]);
  const totals = ACTIONS.map((action) => ({ action, ...totalOf(objects, action) }))
    .filter((total) => total.objects > 0)
    .map((total) => `${total.action} ${count(total.objects, 'object')}, ${formatBytes(total.bytes)}`);
  const left = skipped.length === 0 ? [] : [`skipped: ${skipped.map(printable).join(', ')}`];
  const table = rows.length === 0 ? [] : layOutTable(COLUMNS, rows, columns);
  return [...table, ...left, `${printable(destination)}: would ${totals.join('; ') || 'do nothing'}`].join('\n');
}

function totalOf(
  objects: readonly PlannedObject[],
  wanted: PlannedObject['action'],
): { readonly objects: number; readonly bytes: number } {
  const chosen = objects.filter(({ action }) => action === wanted);
  return { objects: chosen.length, bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0) };
}
