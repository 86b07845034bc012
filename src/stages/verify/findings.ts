import { posix } from 'node:path';
import type { Finding } from '../../model/finding.js';

/** Findings of one kind in one file beyond these are counted, not listed: one mistake repeated 3000 times is one. */
const LISTED = 5;

/** The same for one kind in the files of one folder. */
const LISTED_OF_FOLDER = 100;

/** Collects findings; holds as many as a person can read, however many files are wrong. */
export class Findings {
  readonly list: Finding[] = [];
  readonly #counts = new Map<string, number>();

  error(path: string, code: string, message: string): void {
    this.#add({ severity: 'error', code, message, path });
  }

  warning(path: string, code: string, message: string): void {
    this.#add({ severity: 'warning', code, message, path });
  }

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === 'error');
  }

  #add(finding: Finding): void {
    const folder = `${finding.code} ${posix.dirname(finding.path)}/`;
    const inFolder = this.#counts.get(folder) ?? 0;
    if (inFolder > LISTED_OF_FOLDER) return;
    const file = `${finding.code} ${finding.path}`;
    const inFile = (this.#counts.get(file) ?? 0) + 1;
    this.#counts.set(file, inFile);
    if (inFile > LISTED + 1) return;
    this.#counts.set(folder, inFolder + 1);
    const isLast = inFile > LISTED || inFolder === LISTED_OF_FOLDER;
    this.list.push(isLast ? { ...finding, message: 'and more of the same' } : finding);
  }
}
