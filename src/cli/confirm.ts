import { createInterface } from 'node:readline';

/**
 * Shows a text on stderr and waits for a yes or no on the terminal; the end of its input means no. Null where there is
 * nobody to ask. Rejects with the signal's reason when the signal aborts.
 */
export function askerOf(signal: AbortSignal): ((text: string, question: string) => Promise<boolean>) | null {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return null;
  return async (text, question) => {
    stderr.write(`${text}\n`);
    // readline must not treat it as a terminal, because it would then swallow Ctrl-C.
    const lines = createInterface({ input: stdin, terminal: false });
    try {
      const answer = new Promise<boolean>((resolve) => {
        lines.once('line', (line) => resolve(/^\s*y(es)?\s*$/i.test(line)));
        lines.once('close', () => resolve(false));
        signal.addEventListener('abort', () => resolve(false), { once: true });
      });
      stderr.write(`${question} [y/N] `);
      const isYes = await answer;
      signal.throwIfAborted();
      return isYes;
    } finally {
      lines.close();
    }
  };
}
