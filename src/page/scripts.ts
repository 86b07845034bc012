import type HlsLibrary from 'hls.js';
import type ShakaLibrary from 'shaka-player/dist/shaka-player.dash-es2021.js';

declare global {
  // What the players' own programs leave there.
  var Hls: typeof HlsLibrary | undefined;
  var shaka: typeof ShakaLibrary | undefined;
}

/** hls.js: in an exported page it is there already, else it is loaded now. */
export async function loadHls(): Promise<typeof HlsLibrary> {
  if (globalThis.Hls === undefined) await loadScript('page/hls.js');
  if (globalThis.Hls === undefined) throw new Error('hls.js is not there');
  return globalThis.Hls;
}

/** Shaka Player, in the same way. */
export async function loadShaka(): Promise<typeof ShakaLibrary> {
  if (globalThis.shaka === undefined) await loadScript('page/shaka-player.js');
  if (globalThis.shaka === undefined) throw new Error('Shaka Player is not there');
  return globalThis.shaka;
}

async function loadScript(src: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error(`${src} could not be loaded`)));
    document.head.append(script);
  });
}
