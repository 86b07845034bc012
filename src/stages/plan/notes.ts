import type { LeftOutTrack } from '../../model/left-out.js';
import type { Warning } from '../../model/media.js';
import type { Decision, LeftOut } from '../../model/plan.js';

/** Collects what the steps of planning decide, what they leave out, and what the user should know. */
export class PlanNotes {
  readonly decisions: Decision[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly tracksLeftOut: LeftOutTrack[] = [];
  readonly warnings: Warning[] = [];

  decide(subject: string, choice: string, reason: string): void {
    this.decisions.push({ subject, choice, reason });
  }

  omit(what: string, reason: string): void {
    this.leftOut.push({ what, reason });
  }

  /** `what`: the track as people are told of it. */
  omitTrack(what: string, track: LeftOutTrack): void {
    this.omit(what, track.reason);
    this.tracksLeftOut.push(track);
  }

  warn(code: string, message: string, count?: number): void {
    this.warnings.push(count === undefined ? { code, message } : { code, message, count });
  }
}
