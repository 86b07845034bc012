import { crc32c, type Crc32c } from './crc32c.js';
import type { FakeOptions } from './options.js';
import { serveFake } from './server.js';

// The process behind startFakeGcs: options as JSON in argv, the endpoint as one line of JSON on stdout. It ends
// when its stdin does, so that it cannot outlive whoever started it.
const options = JSON.parse(process.argv[2] ?? '{}') as FakeOptions;
process.stdin.resume().once('end', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.stdout.write(`${JSON.stringify({ endpoint: await serveFake(options, await checksum()) })}\n`);

async function checksum(): Promise<Crc32c> {
  if (options.nativeChecksums !== true) return crc32c;
  const native = await import('@node-rs/crc32');
  return (bytes, previous) => native.crc32c(bytes, previous);
}
