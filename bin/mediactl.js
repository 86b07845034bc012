#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  // What comes before the program can act on it is not lost: loading takes a moment, on a busy machine a long one.
  const came = [];
  const note = (signal) => came.push(signal);
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  for (const name of names) process.on(name, note);
  const take = () => {
    for (const name of names) process.off(name, note);
    return came;
  };
  import('../dist/cli/main.js')
    .then(({ main }) => main(process.argv.slice(2), { take }))
    .catch((error) => {
      process.stderr.write(
        `error: mediactl could not start: ${error instanceof Error ? error.message : error}\n` +
          '  do:  install it again; in a clone of its repository: npm run build\n',
      );
      process.exitCode = 1;
    });
} else {
  process.stderr.write(
    'error: mediactl needs Node.js 20.19 or newer\n' +
      `  why: this is Node.js ${process.versions.node} (${process.execPath})\n` +
      '  do:  install a newer one: https://nodejs.org/en/download\n',
  );
  process.exitCode = 4;
}
