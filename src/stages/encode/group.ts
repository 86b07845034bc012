import { setTimeout as delay } from 'node:timers/promises';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { blame, explainFailure, type FailedProcess } from '../../tools/ffmpeg/failure.js';
import { tellsForm } from '../../tools/ffmpeg/measure.js';
import { collectMessages, type MessageCollector } from '../../tools/ffmpeg/messages.js';
import { progressReader } from '../../tools/ffmpeg/progress.js';
import { launch, type Exit, type Running } from '../../tools/process.js';
import type { GroupListener, GroupOptions, Member } from './member.js';
import { watch } from './watchdog.js';

/** Processes that were started together. */
export interface StartedSet {
  /** Resolves when all of them have ended well; never, when the group fails. */
  readonly ended: Promise<void>;
  /** Stops them: they are not needed any more, and how they end is nobody's failure. */
  cancel(): void;
}

export type StartSet = (commands: readonly FfmpegCommand[], listener: GroupListener) => StartedSet;

// Processes that fall together end within moments of each other; the guilty one may be noticed second.
const AFTERMATH_MS = 300;

/**
 * Runs FFmpeg processes that feed each other: `body` starts them, all at once or one set after the other. They live and
 * die together: when one fails, stalls, the signal aborts or `body` throws, all are stopped, and every one has ended
 * before this throws: the failure of the guilty process (`encode-failed`, `disk-full` …), `encode-stalled`, the signal's
 * reason, or what `body` threw. Gives what `body` gives, when all have ended.
 */
export async function withGroup<T>(options: GroupOptions, body: (start: StartSet) => Promise<T>): Promise<T> {
  options.signal.throwIfAborted();
  const group = new Group(options);
  const watchdog = watch(group.members, options, () => group.stop());
  const unwatch = options.gate.watch((isShut) => group.suspend(isShut));
  const abort = (): void => group.stop();
  options.signal.addEventListener('abort', abort, { once: true });
  const outcome = await Promise.race([
    body((commands, listener) => group.start(commands, listener)).then(
      (value) => ({ kind: 'done' as const, value }),
      (error: unknown) => ({ kind: 'thrown' as const, error }),
    ),
    group.stopped.then(() => ({ kind: 'stopped' as const })),
  ]);
  if (outcome.kind !== 'done') group.stop();
  await group.allEnded();
  watchdog.stop();
  unwatch();
  options.signal.removeEventListener('abort', abort);

  options.signal.throwIfAborted();
  const stall = watchdog.verdict();
  if (stall) throw stall.toError(group.tailOf(stall.member));
  const guilty = blame(group.failed);
  if (guilty) throw explainFailure(guilty);
  if (outcome.kind === 'thrown') throw outcome.error;
  if (outcome.kind === 'stopped') throw new Error('a group was stopped without a reason');
  return outcome.value;
}

interface Process {
  readonly member: Member;
  readonly running: Running;
  readonly messages: MessageCollector;
  cancelled: boolean;
}

class Group {
  /** Grows; the watchdog looks at it. */
  readonly members: Member[] = [];
  readonly failed: FailedProcess[] = [];
  readonly stopped: Promise<void>;
  readonly #options: GroupOptions;
  readonly #processes: Process[] = [];
  readonly #ends: Promise<boolean>[] = [];
  #isStopped = false;
  #tellStopped = (): void => {};

  constructor(options: GroupOptions) {
    this.#options = options;
    this.stopped = new Promise((resolve) => (this.#tellStopped = resolve));
  }

  start(commands: readonly FfmpegCommand[], listener: GroupListener): StartedSet {
    if (this.#isStopped) return { ended: new Promise(() => {}), cancel: () => {} };
    // What a process says while it is being stopped is about that, not about the source.
    const onError: GroupListener['onError'] = (...error) => {
      if (!this.#isStopped) listener.onError(...error);
    };
    const heard: GroupListener = {
      onSegment: listener.onSegment,
      onError,
      onProgress: listener.onProgress,
      onMeasure: listener.onMeasure,
    };
    const started = commands.map((command) => startProcess(this.#options, command, heard));
    if (this.#options.gate.isShut) for (const { running } of started) running.suspend(true);
    this.#processes.push(...started);
    this.members.push(...started.map(({ member }) => member));
    const ends = started.map((process) => this.#follow(process));
    this.#ends.push(...ends);
    return {
      ended: new Promise((resolve) => {
        void Promise.all(ends).then((wells) => {
          if (wells.every(Boolean)) resolve();
        });
      }),
      cancel: () => {
        for (const process of started) {
          process.cancelled = true;
          process.running.stop();
        }
      },
    };
  }

  suspend(isShut: boolean): void {
    for (const { member, running } of this.#processes) if (!member.ended) running.suspend(isShut);
  }

  stop(): void {
    this.#isStopped = true;
    for (const { running } of this.#processes) running.stop();
    this.#tellStopped();
  }

  /** Resolves when no process is left. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#ends);
  }

  tailOf(member: Member): readonly string[] {
    return this.#processes.find((process) => process.member === member)?.messages.tail() ?? [];
  }

  /** Whether it ended well. */
  async #follow(process: Process): Promise<boolean> {
    const { member, running, messages } = process;
    const exit = await running.ended;
    member.ended = true;
    if (endedWell(exit) || process.cancelled) return !process.cancelled;
    const { label, role } = member.command;
    if (!this.#isStopped) this.failed.push({ label, role, exit, tail: messages.tail() });
    await delay(AFTERMATH_MS);
    this.stop();
    return false;
  }
}

function startProcess({ ffmpeg, address }: GroupOptions, command: FfmpegCommand, listener: GroupListener): Process {
  const messages = collectMessages();
  // Of the report before the last: progress and messages come by two pipes, and a message may be read a little late.
  let framesBefore = 0;
  const onProgress = progressReader((progress) => {
    framesBefore = member.frames;
    member.frames = progress.frames ?? member.frames;
    member.position = `${progress.frames}/${progress.seconds}/${progress.bytes}`;
    listener.onProgress(command, progress);
  });
  const onMessage = (line: string): void => {
    if (tellsForm(line)) listener.onMeasure?.(command, line);
    const kind = messages.line(line);
    if (kind !== null) listener.onError(command, kind, framesBefore);
  };
  const lines: Record<number, (line: string) => void> = { 1: onProgress, 2: onMessage };
  for (const { rendition, listFd } of command.outputs) {
    lines[listFd] = (line) => {
      const file = line.split(',')[0];
      if (file) listener.onSegment(rendition, file);
    };
  }
  const { measureFd } = command;
  if (measureFd !== undefined) lines[measureFd] = (line) => listener.onMeasure?.(command, line);
  const running = launch({ program: ffmpeg, args: command.args, lines, env: address.env });
  const member: Member = { command, pid: running.pid, frames: 0, position: '', ended: false };
  return { member, running, messages, cancelled: false };
}

function endedWell(exit: Exit): boolean {
  return exit.kind === 'exit' && exit.code === 0;
}
