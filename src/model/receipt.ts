import type { UploadedObjects } from './events.js';

/** All objects that an upload brought to a bucket, as the bucket confirmed them: to be compared with it later. */
export interface UploadReceipt {
  readonly schema: 'mediactl.receipt/1';
  /** gs://bucket/prefix */
  readonly destination: string;
  /**
   * Absolute path of the folder that was uploaded; null: the title was made on its way to the bucket, or the receipt was
   * kept elsewhere, and does not say.
   */
  readonly folder: string | null;
  readonly objects: UploadedObjects;
}
