import { NO_MENU, type OpenPlayer } from './player.js';

/** HLS as the browser plays it by itself, where it lacks what hls.js needs (Safari on older iPhones). */
export const openNative: OpenPlayer = async (video, url, listener) => {
  let shown = '';
  const onResize = (): void => {
    const size = `${video.videoWidth}x${video.videoHeight}`;
    if (size === shown || video.videoWidth === 0) return;
    shown = size;
    listener.qualityShown({ width: video.videoWidth, height: video.videoHeight, bitrate: null }, true);
  };
  const onError = (): void =>
    listener.failed({
      code: `media-${video.error?.code ?? 0}`,
      message: video.error?.message || 'the browser cannot play it',
      fatal: true,
      unreachable: null,
    });
  video.addEventListener('resize', onResize);
  video.addEventListener('error', onError);
  video.src = url;
  return {
    name: 'native',
    format: 'hls',
    menu: () => NO_MENU,
    bandwidth: () => null,
    frameRate: () => null,
    destroy: async () => {
      video.removeEventListener('resize', onResize);
      video.removeEventListener('error', onError);
      video.removeAttribute('src');
      video.load();
    },
  };
};
