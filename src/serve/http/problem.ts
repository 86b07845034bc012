import type { ServerResponse } from 'node:http';
import { answer } from '../answers.js';

/** A refusal as RFC 9457 has it. */
export interface Problem {
  readonly status: number;
  /** An address that stands for the kind; not given: the status says it all. */
  readonly type?: string;
  /** Of the kind, always the same. */
  readonly title: string;
  /** Of this case, for whoever sits before the player. */
  readonly detail?: string;
  /** Stable, for programs. */
  readonly code?: string;
  /** After so many seconds it may be tried again. */
  readonly retryAfter?: number;
}

/** Answers with a problem, whether the request has been read or not. */
export function answerProblem(response: ServerResponse, { retryAfter, ...problem }: Problem): void {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  answer(response, problem.status, JSON.stringify({ type: 'about:blank', ...problem }), headers);
}
