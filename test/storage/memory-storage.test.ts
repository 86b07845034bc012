import { MediactlError } from '../../src/errors.js';
import { storageContract } from './contract.js';
import { MemoryStorage } from './memory-storage.js';

// What unit tests of the pipeline use for a bucket keeps what buckets keep.
storageContract('the memory', {
  open: () => new MemoryStorage(),
  openBroken: () => {
    const storage = new MemoryStorage();
    storage.beforeWrite = () => {
      throw new MediactlError('storage-forbidden', 'no', { reason: 'it is broken' });
    };
    return storage;
  },
  brokenCode: 'storage-forbidden',
});
