import type { Finding } from '../../model/finding.js';

/** Findings of one kind in one file beyond these are counted, not listed: one mistake repeated 3000 times is one. */
const LISTED = 5;

/** Collects findings. */
export class Findings {
  readonly list: Finding[] = [];
  readonly #counts = new Map<string, number>();

  error(path: string, code: string, message: string): void {
    this.#add({ severity: 'error', code, message, path });
  }

  warning(path: string, code: string, message: string): void {
    this.#add({ severity: 'warning', code, message, path });
  }

  #add(finding: Finding): void {
    const key = `${finding.code} ${finding.path}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count <= LISTED) this.list.push(finding);
    else if (count === LISTED + 1) this.list.push({ ...finding, message: 'and more of the same' });
  }
}
