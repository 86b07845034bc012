export interface MessageCollector {
  /** Takes a line; gives its kind when it is an error, null otherwise. */
  readonly line: (line: string) => string | null;
  /** The last lines, oldest first. */
  readonly tail: () => string[];
}

const TAIL_LINES = 12;
const LINE_LENGTH = 400;

/** Collects what an FFmpeg process says on stderr (-loglevel repeat+level+error): a bounded tail. */
export function collectMessages(): MessageCollector {
  const tail: string[] = [];
  return {
    line(raw) {
      const line = raw.slice(0, LINE_LENGTH).trim();
      if (line === '' || /^(?:\[[^\]]*\]\s*)*\[(?:info|warning|verbose|debug)\]/.test(line)) return null;
      tail.push(withoutAddresses(line));
      if (tail.length > TAIL_LINES) tail.shift();
      // What is only read along (readingArgs) goes to the null muxer, which minds a clock that jumps; nothing is lost.
      if (line.startsWith('[null @')) return null;
      // Whoever read from this process has ended: how that ended is told of it.
      if (line.endsWith('Broken pipe')) return null;
      return /\[(?:error|fatal|panic)\]/.test(line) ? kindOf(line) : null;
    },
    tail: () => [...tail],
  };
}

/**
 * What decoders say of pictures whose key frame came before the file began. Said before the first picture of a
 * recording it is no damage: a broadcast is hardly ever cut at a key frame.
 */
export function isMissingStart(kind: string): boolean {
  return MISSING_START.test(kind);
}

const MISSING_START =
  /non-existing [SP]PS|[SP]PS id out of range|decode_slice_header error|no frame!|First slice in a frame missing|Could not find ref|Error parsing NAL unit|Skipping invalid undecodable NALU|Invalid frame dimensions #x#|Error while decoding stream|Error submitting packet to decoder|missing picture in access unit/;

/** "[h264 @ 0x55d0c0] [error] x" → "h264: x". */
function withoutAddresses(line: string): string {
  return line
    .replaceAll(/\[NULL @ 0x[0-9a-f]+\]\s*/g, '')
    .replaceAll(/\[([^\]@[]+) @ 0x[0-9a-f]+\]\s*/g, (_, name: string) => `${name.split(',')[0]}: `)
    .replaceAll(/\[(?:error|fatal|panic|warning)\]\s*/g, '');
}

/** Errors that differ only in numbers are of one kind. */
function kindOf(line: string): string {
  const [, name = '', text = ''] = /^(\w+: )?(.*)$/s.exec(withoutAddresses(line)) ?? [];
  return name + text.replaceAll(/0x[0-9a-f]+|\d+/g, '#');
}
