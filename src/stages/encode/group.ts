import { setTimeout as delay } from 'node:timers/promises';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { blame, explainFailure, type FailedProcess } from '../../tools/ffmpeg/failure.js';
import { collectMessages, type MessageCollector } from '../../tools/ffmpeg/messages.js';
import { progressReader } from '../../tools/ffmpeg/progress.js';
import { launch, type Exit, type Running } from '../../tools/process.js';
import { type Group, type Member } from './member.js';
import { watch } from './watchdog.js';

// Processes that fall together end within moments of each other; the guilty one may be noticed second.
const AFTERMATH_MS = 300;

/**
 * Runs FFmpeg processes that feed each other until all have ended well. When one fails, stalls or the signal
 * aborts, all are stopped and every one has ended before this throws: the failure of the guilty process
 * (`encode-failed`, `disk-full` …), `encode-stalled`, or the signal's reason.
 */
export async function runGroup(group: Group): Promise<void> {
  group.signal.throwIfAborted();
  const started = group.commands.map((command) => startMember(group, command));
  const suspend = (isShut: boolean): void => {
    for (const { member, running } of started) if (!member.ended) running.suspend(isShut);
  };
  if (group.gate.isShut) suspend(true);
  const unwatch = group.gate.watch(suspend);
  const stopAll = (): void => started.forEach(({ running }) => running.stop());
  const failed: FailedProcess[] = [];
  let stopped = false;

  const ends = started.map(async ({ member, running, messages }) => {
    const exit = await running.ended;
    member.ended = true;
    if (endedWell(exit)) return;
    if (!stopped) failed.push({ label: member.command.label, role: member.command.role, exit, tail: messages.tail() });
    await delay(AFTERMATH_MS);
    stopped = true;
    stopAll();
  });
  const abort = (): void => {
    stopped = true;
    stopAll();
  };
  group.signal.addEventListener('abort', abort, { once: true });
  const watchdog = watch(
    started.map(({ member }) => member),
    group,
    abort,
  );
  await Promise.all(ends);
  watchdog.stop();
  unwatch();
  group.signal.removeEventListener('abort', abort);

  group.signal.throwIfAborted();
  const stall = watchdog.verdict();
  if (stall) {
    throw stall.toError(started.find(({ member }) => member === stall.member)?.messages.tail() ?? []);
  }
  const guilty = blame(failed);
  if (guilty) throw explainFailure(guilty);
}

function startMember(
  group: Group,
  command: FfmpegCommand,
): { member: Member; running: Running; messages: MessageCollector } {
  const messages = collectMessages();
  const onProgress = progressReader((progress) => {
    member.frames = progress.frames ?? member.frames;
    member.position = `${progress.frames}/${progress.seconds}/${progress.bytes}`;
    group.onProgress(command, progress);
  });
  const onMessage = (line: string): void => {
    const kind = messages.line(line);
    if (kind !== null) group.onError(command, kind, member.frames);
  };
  const lines: Record<number, (line: string) => void> = { 1: onProgress, 2: onMessage };
  for (const { rendition, listFd } of command.outputs) {
    lines[listFd] = (line) => {
      const file = line.split(',')[0];
      if (file) group.onSegment(rendition, file);
    };
  }
  const running = launch({
    program: group.ffmpeg,
    args: command.args,
    lines,
    env: group.address.env,
  });
  const member: Member = { command, pid: running.pid, frames: 0, position: '', ended: false };
  return { member, running, messages };
}

function endedWell(exit: Exit): boolean {
  return exit.kind === 'exit' && exit.code === 0;
}
