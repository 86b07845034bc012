import type { Command } from 'commander';
import { createActions } from '../../src/cli/actions.js';
import { buildProgram } from '../../src/cli/program.js';
import { openSession, type Session } from '../../src/cli/session.js';
import type { Event } from '../../src/model/events.js';

/**
 * Runs a command in this process, in `cwd`, and gives the names of all settings and flags of its own that it looked at, as
 * far as it came. Whatever groups of settings a command copies whole are not seen one by one, and count as read.
 */
export async function readBy(argv: readonly string[], cwd: string): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  const stop = new AbortController();
  const run = { exitCode: 0, signal: stop.signal, startsWork: () => {}, reportTo: () => {} };
  const open: typeof openSession = async (command, kind, signal) => {
    const session = await openSession(unwrapped(command), kind, signal);
    return recordingSession(session, { cwd, read, stop });
  };
  const program = buildProgram('1.2.3', 80, async (name, argument, command) => {
    await createActions(run, open)[name](argument, recordingCommand(command, read));
  });
  await program.parseAsync([...argv, '--no-config'], { from: 'user' }).catch((error: unknown) => {
    // How far it comes is enough: what it looks at first, it looks at before it fails.
    if (error instanceof TypeError) throw error;
  });
  return read;
}

interface Recording {
  readonly cwd: string;
  readonly read: Set<string>;
  readonly stop: AbortController;
}

function recordingSession(session: Session, { cwd, read, stop }: Recording): Session {
  const note = (name: string): void => void read.add(name);
  const groups = new Map(Object.entries(session.settings).map(([name, group]) => [name, noted(group, note)]));
  const settings = new Proxy(session.settings, { get: (_target, name) => groups.get(String(name)) });
  const emit = (event: Event): void => {
    // Where there are commands to show, --verbose shows them.
    if (event.type === 'command') note('verbose');
    // It serves: that is all there is to see.
    if (event.type === 'serving' || event.type === 'listening') stop.abort();
  };
  // Whoever tells of the commands it runs shows them with --verbose.
  const tools = noted(session.tools, (name) => note(name === 'onLook' ? 'verbose' : name));
  return Object.assign({ ...session }, { settings, cwd, emit, tools });
}

function noted<T extends object>(values: T, note: (name: string) => void): T {
  return new Proxy(values, {
    get: (target, key, receiver) => {
      if (typeof key === 'string') note(key);
      return Reflect.get(target, key, receiver);
    },
  });
}

const COMMANDS = new WeakMap<Command, Command>();

function recordingCommand(command: Command, read: Set<string>): Command {
  const note = (name: string): void => void read.add(name);
  const recording = new Proxy(command, {
    get: (target, key) => {
      if (key === 'getOptionValue') return (name: string): unknown => (note(name), target.getOptionValue(name));
      if (key === 'opts') return () => noted(target.opts(), note);
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  COMMANDS.set(recording, command);
  return recording;
}

function unwrapped(command: Command): Command {
  return COMMANDS.get(command) ?? command;
}
