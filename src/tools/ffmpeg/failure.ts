import { MediactlError } from '../../errors.js';
import type { Exit } from '../process.js';

/** A process that did not end well, with what it said. */
export interface FailedProcess {
  readonly label: string;
  readonly role: 'decode' | 'encode' | 'audio';
  readonly exit: Exit;
  /** Its last lines on stderr. */
  readonly tail: readonly string[];
}

/**
 * Of processes that fell together, the one that fell first by its own fault: one that only lost its partner
 * ("Broken pipe", an empty input) is named last.
 */
export function blame(failed: readonly FailedProcess[]): FailedProcess | undefined {
  const lostPartner = ({ role, exit, tail }: FailedProcess): boolean =>
    role === 'decode'
      ? tail.some((line) => line.includes('Broken pipe'))
      : exit.kind === 'exit' && tail.length > 0 && tail.every((line) => STARVED.test(line));
  return failed.find((one) => !lostPartner(one)) ?? failed.find(({ role }) => role === 'decode') ?? failed[0];
}

const STARVED = /Invalid data found|Output file is empty|End of file|\.pipe|Error opening input/;

/** The user-facing error for a failed FFmpeg process. */
export function explainFailure({ label, exit, tail }: FailedProcess): MediactlError {
  if (exit.kind === 'not-started') return exit.error;
  const said = tail.join('\n');
  if (said.includes('No space left on device') || said.includes('Disk quota exceeded')) {
    return new MediactlError('disk-full', `no space left while FFmpeg (${label}) was writing`, {
      reason: 'the disk that holds the staging folder is full',
      hint: 'free some space, then run the same command again: finished chunks are kept',
      detail: tail,
    });
  }
  const unknown = /Unknown (?:encoder|decoder) '([^']+)'|No such filter: '([^']+)'/.exec(said);
  if (unknown) {
    return new MediactlError('tool-lacks-feature', `this FFmpeg has no ${unknown[1] ?? unknown[2] ?? 'such feature'}`, {
      hint: 'run "mediactl doctor" to see what it lacks and how to install a complete one',
      detail: tail,
    });
  }
  return new MediactlError('encode-failed', `FFmpeg failed: ${label}`, {
    reason:
      exit.kind === 'signal'
        ? `it was killed by ${exit.signal}${exit.signal === 'SIGKILL' ? ' (out of memory?)' : ''}`
        : `it ended with exit code ${exit.code}`,
    hint: `${tail.length === 0 ? '' : "FFmpeg's last messages are below; "}--verbose shows the command; the same command, run again, keeps finished chunks`,
    detail: tail,
  });
}
