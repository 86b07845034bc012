import { storageContract } from './contract.js';
import { MemoryStorage } from './memory-storage.js';

// What unit tests of the pipeline use for a bucket keeps what buckets keep.
storageContract('the memory', () => new MemoryStorage());
