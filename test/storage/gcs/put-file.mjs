// A process of its own that puts a file into a bucket, to be killed on the way.
import { openGcs } from '../../../dist/storage/gcs/open-gcs.js';
import { FileSessions } from '../../../dist/storage/gcs/sessions.js';

const [endpoint, file = '', sessions = ''] = process.argv.slice(2);
const storage = openGcs(
  { kind: 'gcs', bucket: 'media', prefix: 't' },
  {
    credentials: { kind: 'anonymous', impersonate: null },
    endpoint: endpoint ?? null,
    env: {},
    sessions: new FileSessions(sessions),
    retry: { baseMs: 4, capMs: 40 },
    sameNameMs: 0,
  },
);
const stored = await storage.put('large.mp4', file, 'segment');
process.stdout.write(JSON.stringify(stored));
