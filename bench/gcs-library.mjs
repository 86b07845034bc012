// What others do: the files of a folder to a bucket by Google's library, 32 at a time, checksums verified.
//   node bench/gcs-library.mjs transfer-manager|p-limit ENDPOINT BUCKET FOLDER
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Storage, TransferManager } from '@google-cloud/storage';
import pLimit from 'p-limit';

const [how, apiEndpoint = '', bucketName = '', folder = ''] = process.argv.slice(2);
const bucket = new Storage({ apiEndpoint, projectId: 'test-project' }).bucket(bucketName);
const files = readdirSync(folder).map((name) => join(folder, name));
const options = { resumable: false, validation: /** @type {const} */ ('crc32c') };
if (how === 'transfer-manager') {
  await new TransferManager(bucket).uploadManyFiles(files, { concurrencyLimit: 32, passthroughOptions: options });
} else {
  const limit = pLimit(32);
  await Promise.all(files.map((file, i) => limit(() => bucket.upload(file, { ...options, destination: `p/${i}.ts` }))));
}
