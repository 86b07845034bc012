// `npm run bench`: makes a fresh clone ready, builds, then measures (bench/bench.mjs takes the arguments).
import { build } from './build.mjs';
import { fail, makeReady } from './setup/ready.mjs';

makeReady({ needed: ['ffmpeg', 'ffprobe'] });
if (!build()) fail(['The build failed; see above.']);
await import('../bench/bench.mjs');
