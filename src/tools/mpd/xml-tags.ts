/** A tag of an XML document, with its attributes as they are meant. */
export interface Tag {
  readonly kind: 'open' | 'close' | 'empty';
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Offset of the character after it. */
  readonly end: number;
}

/** The document is not what a manifest of ours is. */
export class MpdFault extends Error {}

/**
 * The tags of a document, one after the other, from an offset on; text between them is passed over. Strict, and no more
 * than manifests need: no document type, no entities but XML's own five and numbers. Throws MpdFault.
 */
export function* tagsOf(text: string, from = 0): Generator<Tag> {
  const pattern = new RegExp(TAG);
  pattern.lastIndex = from;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new MpdFault(`no XML after character ${at}`);
    const [, close, name = '', attributes = '', empty] = match;
    if (name === '') continue;
    const kind = close ? 'close' : empty ? 'empty' : 'open';
    yield { kind, name, attributes: attributesOf(attributes), end: pattern.lastIndex };
  }
}

// Text, a comment, a declaration or a tag, where the last match ended.
const TAG =
  /[^<]+|<!--[^]*?-->|<\?[^]*?\?>|<(\/)?([A-Za-z_][\w:.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/)?>/y;

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (found.has(name)) throw new MpdFault(`${name} is said twice`);
    found.set(name, unescaped(double ?? single ?? ''));
  }
  return found;
}

function unescaped(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const character = ENTITIES[name] ?? numbered(name);
    if (character === null || !whole.endsWith(';')) throw new MpdFault(`"${whole}" is no character`);
    return character;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function numbered(name: string): string | null {
  const match = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
  if (!match) return null;
  const code = match[1] === undefined ? Number(match[2]) : parseInt(match[1], 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : null;
}
