import type { Warning } from '../../model/media.js';
import type { Decision, LeftOut } from '../../model/plan.js';

/** Collects what the steps of planning decide, what they leave out, and what the user should know. */
export class PlanNotes {
  readonly decisions: Decision[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly warnings: Warning[] = [];

  decide(subject: string, choice: string, reason: string): void {
    this.decisions.push({ subject, choice, reason });
  }

  omit(what: string, reason: string): void {
    this.leftOut.push({ what, reason });
  }

  warn(code: string, message: string): void {
    this.warnings.push({ code, message });
  }
}
