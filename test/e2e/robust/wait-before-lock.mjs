// Preloaded into mediactl: it waits before it takes its lock until the file WAIT_FOR is there, and says so in
// WAIT_FOR.wanted.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { link } = fs;
const { WAIT_FOR: file = '' } = process.env;

fs.link = async (from, to) => {
  await fs.writeFile(`${file}.wanted`, '');
  while (
    !(await fs.access(file).then(
      () => true,
      () => false,
    ))
  )
    await new Promise((wake) => setTimeout(wake, 20));
  return link(from, to);
};
syncBuiltinESMExports();
