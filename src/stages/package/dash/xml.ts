/** Attributes in the order in which they are written; null: left out. */
export type Attributes = readonly (readonly [name: string, value: string | number | boolean | null])[];

/** A whole element. `children`: XML already, each on lines of its own; `indent`: of the element, in spaces. */
export function element(
  indent: number,
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  if (children.length === 0) return `${' '.repeat(indent)}<${name}${written(attributes)}/>\n`;
  return `${openTag(indent, name, attributes)}${children.join('')}${closeTag(indent, name)}`;
}

/** An element with nothing but text in it. */
export function textElement(indent: number, name: string, text: string): string {
  return `${' '.repeat(indent)}<${name}>${escaped(text)}</${name}>\n`;
}

export function openTag(indent: number, name: string, attributes: Attributes): string {
  return `${' '.repeat(indent)}<${name}${written(attributes)}>\n`;
}

export function closeTag(indent: number, name: string): string {
  return `${' '.repeat(indent)}</${name}>\n`;
}

function written(attributes: Attributes): string {
  return attributes
    .flatMap(([name, value]) => (value === null ? [] : [` ${name}="${escaped(String(value))}"`]))
    .join('');
}

/** Text and attribute values alike. What XML 1.0 cannot hold (section 2.2) becomes a space, or U+FFFD for half a pair. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]+/g, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"'\t\n\r\u007f-\u009f\u2028]/g, (character) => NAMED[character] ?? `&#${character.charCodeAt(0)};`);
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
