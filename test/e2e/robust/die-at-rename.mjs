// Preloaded into mediactl: the process is killed at its DIE_AT-th rename into the folder DIE_BELOW, before it happens.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { rename } = fs;
const { DIE_BELOW: folder = '', DIE_AT: at } = process.env;
let renames = 0;

fs.rename = async (from, to) => {
  if (String(to).startsWith(`${folder}/`) && ++renames === Number(at)) process.kill(process.pid, 'SIGKILL');
  return rename(from, to);
};
syncBuiltinESMExports();
