import { expect, test } from 'vitest';
import { browserCommand } from '../../src/tools/open-browser.js';

const PAGE = 'http://127.0.0.1:8123/';

test.each([
  ['darwin', {}, ['open', PAGE]],
  ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', PAGE]],
  ['linux', { DISPLAY: ':0' }, ['xdg-open', PAGE]],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', PAGE]],
  ['linux', { WSL_DISTRO_NAME: 'Debian' }, ['cmd.exe', '/c', 'start', '', PAGE]],
  ['linux', {}, null],
  ['darwin', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, null],
  ['linux', { DISPLAY: ':0', SSH_TTY: '/dev/pts/1' }, null],
  ['linux', { DISPLAY: ':0', CI: 'true' }, null],
] as const)('on %s with %j', (platform, env, command) => {
  expect(browserCommand(PAGE, { platform, env })).toEqual(command);
});
