import type { Command } from 'commander';
import { MediactlError } from '../../errors.js';
import { bashScript } from './bash.js';
import { describeCommands, SHELLS } from './describe.js';
import { fishScript } from './fish.js';
import { zshScript } from './zsh.js';

/** `mediactl completion SHELL`: the script for that shell. Throws MediactlError('usage') for another shell. */
export function completionScript(shell: string | undefined, program: Command): string {
  const commands = describeCommands(program);
  switch (shell) {
    case 'bash':
      return bashScript(commands);
    case 'zsh':
      return zshScript(commands);
    case 'fish':
      return fishScript(commands);
    default:
      throw new MediactlError('usage', shell ? `there is no completion for ${shell}` : 'no SHELL was given', {
        hint: `name one of ${SHELLS.join(', ')}: source <(mediactl completion bash)`,
      });
  }
}
