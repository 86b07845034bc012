import type { PageConfig } from '../model/playback.js';
import { element } from './elements.js';
import { fill } from './menus.js';
import { megabits, type Choice } from './player.js';

/** Kilobits a second. */
const SPEEDS = [300, 700, 1500, 3000, 6000, 12_000, 25_000];
const FREE = 'free';

/** The menu that makes the server send the title as slowly as a real line would. */
export function offerLine({ throttle, canThrottle }: PageConfig, say: (text: string) => void): void {
  const select = element('line', HTMLSelectElement);
  const speeds = [...new Set([...SPEEDS, ...(throttle === null ? [] : [throttle])])].sort((a, b) => a - b);
  const choices: Choice[] = speeds.map((speed) => ({ id: String(speed), label: megabits(speed * 1000) }));
  fill(select, canThrottle ? [{ id: FREE, label: 'as fast as it goes' }, ...choices] : [], String(throttle ?? FREE));
  select.addEventListener('change', () => {
    const kilobits = select.value === FREE ? null : Number(select.value);
    const body = JSON.stringify({ kilobits });
    fetch('throttle', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      .then((answer) => {
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
        say(kilobits === null ? 'The line is as fast as it goes.' : `The line is ${megabits(kilobits * 1000)} now.`);
      })
      .catch(() => say('mediactl does not answer any more: the line stays as it is.'));
  });
}
