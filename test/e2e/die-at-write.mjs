// Preloaded into mediactl: the process is killed while it writes its DIE_AT-th segment, half of which is on the disk.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { writeFile } = fs;
const at = Number(process.env['DIE_AT']);
let segments = 0;

fs.writeFile = async (file, data, ...more) => {
  const isSegment = typeof file === 'string' && /\/\d{5,}\.(ts|m4s)$/.test(file);
  if (!isSegment || ++segments !== at) return writeFile(file, data, ...more);
  await writeFile(file, Buffer.from(data).subarray(0, data.length / 2));
  process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
