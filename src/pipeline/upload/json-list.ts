import { createReadStream } from 'node:fs';

/**
 * Reads a JSON file that is an object with one long list: `take` gets the text of each element of the list `key` in turn,
 * and the answer is the text of the object without them. Of a text that is no JSON it gives text that is none, too.
 * Throws the errors of the file system, and what `take` throws.
 */
export async function readJsonList(file: string, key: string, take: (text: string) => void): Promise<string> {
  const opens = new RegExp(`"${key}"\\s*:\\s*\\[$`);
  let rest = '';
  let element = '';
  /** Depth of brackets, and that of the list; 0: not in it. */
  let depth = 0;
  let list = 0;
  let isText = false;
  let isEscaped = false;
  const hand = (): void => {
    if (element.trim() !== '') take(element);
    element = '';
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const text = String(chunk);
    let from = 0;
    const keep = (to: number): void => {
      if (list === 0) rest += text.slice(from, to);
      else element += text.slice(from, to);
      from = to;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE) isText = false;
      } else if (code === QUOTE) isText = true;
      else if (code === OPEN_BRACE) depth++;
      else if (code === OPEN_BRACKET) {
        depth++;
        if (list > 0 || depth !== 2) continue;
        keep(at + 1);
        if (opens.test(rest)) list = depth;
      } else if (code === COMMA) {
        if (list === 0 || depth !== list) continue;
        keep(at);
        hand();
        from = at + 1;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (list > 0 && depth === list) {
          keep(at);
          hand();
          list = 0;
        }
        depth--;
      }
    }
    keep(text.length);
  }
  return rest + element;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
