import { describe, expect, it } from 'vitest';
import { installCommand, installHint } from '../../src/tools/install-hint.js';

const on = (platform: NodeJS.Platform, osRelease: string, programs: string[], isRoot = false) => ({
  platform,
  osRelease,
  isRoot,
  has: (program: string) => programs.includes(program),
});

describe('how to install FFmpeg', () => {
  it.each([
    [
      on('linux', 'ID=ubuntu\nID_LIKE=debian\n', ['apt-get', 'sudo', 'brew']),
      'sudo apt-get update && sudo apt-get install -y ffmpeg',
    ],
    [on('linux', 'ID=debian', ['apt-get'], true), 'apt-get update && apt-get install -y ffmpeg'],
    [on('linux', 'ID=alpine\n', ['apk', 'doas']), 'doas apk add ffmpeg'],
    [on('linux', 'ID="manjaro"\nID_LIKE="arch"', ['pacman', 'sudo', 'apt-get']), 'sudo pacman -S --needed ffmpeg'],
    [on('linux', 'ID=nixos', ['nix-env']), 'nix-env -iA nixpkgs.ffmpeg-full'],
    [on('linux', '', ['brew']), 'brew install ffmpeg'],
    [on('darwin', '', ['brew', 'apt-get']), 'brew install ffmpeg'],
    [on('win32', '', ['winget', 'choco']), 'winget install --id Gyan.FFmpeg'],
    [on('win32', '', ['choco']), 'choco install ffmpeg-full'],
    [on('linux', 'ID=busybox', []), null],
  ])('%#', (system, command) => expect(installCommand(system)).toBe(command));

  it('names RPM Fusion on Fedora, whose own build has no libx264', () => {
    expect(installCommand(on('linux', 'ID=fedora', ['dnf', 'sudo']))).toMatch(
      /^sudo dnf install -y ffmpeg.*RPM Fusion/,
    );
  });

  it('always has something to say', () => {
    expect(installHint(on('linux', '', []))).toContain('https://ffmpeg.org');
    expect(installHint()).toMatch(/^install FFmpeg/);
  });
});
