import type { FfprobeStream } from '../../tools/ffprobe.js';

/**
 * Whether a video stream is a still that decorates the file. What the file says of it counts first. A picture codec
 * with no frame rate, or a single frame, beside a motion track or sound is a still too: Matroska's cover attachments
 * are not always marked. An MJPEG clip or a GIF has a frame rate, and a lone picture is the content.
 */
export function isCover(stream: FfprobeStream, all: readonly FfprobeStream[]): boolean {
  if (isMarkedStill(stream)) return true;
  if (!isStillLike(stream)) return false;
  return all.some((other) => other !== stream && isContent(other));
}

function isContent(stream: FfprobeStream): boolean {
  if (stream.codec_type === 'audio') return true;
  return stream.codec_type === 'video' && !isMarkedStill(stream) && !isStillLike(stream);
}

function isMarkedStill(stream: FfprobeStream): boolean {
  return ['attached_pic', 'timed_thumbnails', 'still_image'].some((mark) => stream.disposition[mark] === 1);
}

const PICTURE_CODECS = new Set(['mjpeg', 'png', 'bmp', 'gif', 'webp', 'tiff', 'jpegxl', 'jpeg2000', 'apng', 'ljpeg']);

function isStillLike(stream: FfprobeStream): boolean {
  if (!PICTURE_CODECS.has(stream.codec_name ?? '')) return false;
  return stream.nb_frames === 1 || stream.avg_frame_rate === null || stream.avg_frame_rate.startsWith('0/');
}
