import type { FetchEvent, SurveyEvent, UploadEvent } from '../model/events.js';
import { formatBytes } from './format.js';

/**
 * "upload  41 of 48 objects, 118 MB of 131 MB, 0.3 MB of it sent, 12.3 MB/s, 2 retries, the encoder waits": where not all
 * had to be sent, how much was. Of it so many parts, whole, as fit into so many columns.
 */
export function formatUpload(upload: UploadEvent, columns = Infinity): string {
  const { objects, totalObjects, bytes, totalBytes, sentBytes, bytesPerSecond, retries, waiting } = upload;
  const parts = [
    `upload  ${objects} of ${totalObjects} objects`,
    `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`,
    ...(sentBytes < bytes ? [`${formatBytes(sentBytes)} of it sent`] : []),
    ...(bytesPerSecond === null ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
    ...(retries === 0 ? [] : [`${retries} ${retries === 1 ? 'retry' : 'retries'}`]),
    ...(waiting ? ['encoder waiting'] : []),
  ];
  while (parts.length > 1 && parts.join(', ').length > columns) parts.pop();
  return parts.join(', ').slice(0, columns);
}

/** "1.2 GB of 4.7 GB, 88 MB/s" */
export function formatFetch({ bytes, totalBytes, bytesPerSecond }: FetchEvent): string {
  const rate = bytesPerSecond === null ? '' : `, ${formatBytes(bytesPerSecond)}/s`;
  return `${formatBytes(bytes)} of ${formatBytes(totalBytes)}${rate}`;
}

/** "reading the times of all packets: 1.2 GB of 4.7 GB" */
export function formatSurvey({ bytes, totalBytes }: SurveyEvent): string {
  return `reading the times of all packets: ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}
