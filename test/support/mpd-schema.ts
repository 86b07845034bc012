import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateXML } from 'xmllint-wasm';

/** Where the schema of MPDs lies when no variable says it. Its licence keeps it out of the repository. */
const USUAL = fileURLToPath(new URL('../../node_modules/.cache/mpd-schema/DASH-MPD.xsd', import.meta.url));

/** The schema's file, with xlink.xsd beside it; null: this machine has none. */
export const MPD_SCHEMA = [...named(process.env['MPD_SCHEMA']), USUAL].find(isFile) ?? null;

/** The variable may name the folder, too. */
function named(place: string | undefined): string[] {
  return place ? [place, path.join(place, 'DASH-MPD.xsd')] : [];
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

export const NO_MPD_SCHEMA = `no schema of MPDs (ISO/IEC 23009-1 DASH-MPD.xsd and xlink.xsd): MPD_SCHEMA says where it is, else ${USUAL}`;

/** What the schema has against a manifest, a line each; none: it is valid. */
export async function mpdFaults(mpd: string, schema: string): Promise<string[]> {
  const xlink = path.join(path.dirname(schema), 'xlink.xsd');
  const { valid, errors } = await validateXML({
    xml: [{ fileName: 'manifest.mpd', contents: mpd }],
    schema: [{ fileName: 'DASH-MPD.xsd', contents: await readFile(schema, 'utf8') }],
    preload: [{ fileName: 'xlink.xsd', contents: await readFile(xlink, 'utf8') }],
  });
  return valid ? [] : errors.map(({ message, rawMessage }) => message || rawMessage);
}
