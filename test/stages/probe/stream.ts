import type { FfprobeFormat, FfprobeStream } from '../../../src/tools/ffprobe.js';

/** A stream about which ffprobe said nothing but what is given. */
export function stream(known: Partial<FfprobeStream>): FfprobeStream {
  return {
    index: 0,
    codec_type: 'video',
    codec_name: 'h264',
    codec_tag_string: null,
    profile: null,
    width: 1280,
    height: 720,
    pix_fmt: 'yuv420p',
    sample_aspect_ratio: null,
    field_order: null,
    color_range: null,
    color_space: null,
    color_transfer: null,
    color_primaries: null,
    r_frame_rate: '25/1',
    avg_frame_rate: '25/1',
    start_time: null,
    duration: null,
    nb_frames: null,
    sample_fmt: null,
    sample_rate: null,
    channels: null,
    channel_layout: null,
    disposition: {},
    tags: {},
    side_data_list: [],
    ...known,
  };
}

export function sound(known: Partial<FfprobeStream> = {}): FfprobeStream {
  const format = { sample_fmt: 'fltp', sample_rate: 48000, channels: 2, pix_fmt: null, width: null, height: null };
  return stream({ codec_type: 'audio', codec_name: 'aac', ...format, ...known });
}

export function format(known: Partial<FfprobeFormat> = {}): FfprobeFormat {
  return { format_name: 'mov,mp4', start_time: 0, duration: 10, probe_score: 100, tags: {}, ...known };
}
