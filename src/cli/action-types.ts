import type { Command } from 'commander';
import type { Run } from './run.js';
import type { Session, SessionKind } from './session.js';

/** Does the work of a command. `argument` is its INPUT, NAME, WHERE, DIR or DEST. */
export type Action = (argument: string | undefined, command: Command) => Promise<void>;

/** What a command tells its run. */
export type ActionRun = Pick<Run, 'exitCode' | 'signal' | 'startsWork' | 'reportTo'>;

/** Opens the session of a run. Throws MediactlError('config'). */
export type OpenSession = (command: Command, kind: SessionKind) => Promise<Session>;
