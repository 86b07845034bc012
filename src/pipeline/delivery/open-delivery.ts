import { openBucketDelivery } from './bucket-delivery.js';
import type { Delivery, DeliveryOptions } from './delivery.js';
import type { Destination } from './destination.js';
import { folderDelivery } from './folder-delivery.js';

/** `folder`: the working folder. */
export async function openDelivery(
  folder: string,
  destination: Destination,
  options: DeliveryOptions,
): Promise<Delivery> {
  const { bucket } = destination;
  return bucket
    ? openBucketDelivery(folder, destination.storage, bucket, options)
    : folderDelivery(folder, destination);
}
