import { spawn } from 'node:child_process';

/** What the choice of a program that opens a page depends on. */
export interface DesktopFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The command that shows an address in the user's browser; null: nobody would see it here (ssh, no display). */
export function browserCommand(
  address: string,
  { platform, env }: DesktopFacts,
): readonly [string, ...string[]] | null {
  if (env['SSH_CONNECTION'] || env['SSH_TTY'] || env['CI']) return null;
  switch (platform) {
    case 'darwin':
      return ['open', address];
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler', address];
    default:
      // Windows Subsystem for Linux has no display of its own.
      if (env['WSL_DISTRO_NAME']) return ['cmd.exe', '/c', 'start', '', address];
      return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', address] : null;
  }
}

/**
 * Opens an address in the user's browser; whether somebody took it on. The browser is the user's: unlike all other
 * programs it outlives mediactl.
 */
export async function openBrowser(address: string, facts: DesktopFacts): Promise<boolean> {
  const command = browserCommand(address, facts);
  if (command === null) return false;
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore', detached: true, windowsHide: true });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
