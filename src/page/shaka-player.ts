import type shaka from 'shaka-player/dist/shaka-player.dash-es2021.js';
import type { Quality } from '../model/playback.js';
import { AUTO, languageName, NO_MENU, NONE, qualityLabel, type Failure, type Menu, type OpenPlayer } from './player.js';
import { loadShaka } from './scripts.js';

/** DASH by Shaka Player. */
export const openShaka: OpenPlayer = async (video, url, listener, license) => {
  const library = await loadShaka();
  library.polyfill.installAll();
  const player = new library.Player();
  let automatic = true;
  let isOpen = false;
  for (const event of ['trackschanged', 'variantchanged', 'adaptation', 'audiotrackschanged', 'textchanged']) {
    player.addEventListener(event, () => listener.menusChanged());
  }
  player.addEventListener('mediaqualitychanged', (event: unknown) => {
    const quality = shownQuality(event);
    if (quality === null) return;
    listener.qualityShown(quality, automatic);
    automatic = isAutomatic(player);
  });
  player.addEventListener('error', (event: unknown) => listener.failed(failureOf(detailOf(event))));
  if (!library.Player.isBrowserSupported()) throw new Error('this browser lacks what Shaka Player needs');
  await player.attach(video);
  // What is loaded plays on after a choice of quality: so not too much of it.
  player.configure({ streaming: { observeQualityChanges: true, bufferingGoal: 10 } });
  if (license !== null) player.configure({ drm: { servers: { 'org.w3.clearkey': license } } });
  player.load(url).then(
    () => {
      isOpen = true;
      listener.menusChanged();
    },
    (error: unknown) => listener.failed({ ...failureOf(error), fatal: true }),
  );
  return {
    name: 'shaka',
    format: 'dash',
    menu: (kind) => {
      if (!isOpen) return NO_MENU;
      switch (kind) {
        case 'quality':
          return qualityMenu(player, (wasAutomatic) => {
            automatic = wasAutomatic;
            listener.menusChanged();
          });
        case 'audio':
          return audioMenu(player);
        case 'subtitles':
          return subtitlesMenu(player);
      }
    },
    bandwidth: () => {
      const { estimatedBandwidth } = player.getStats();
      return Number.isFinite(estimatedBandwidth) && estimatedBandwidth > 0 ? estimatedBandwidth : null;
    },
    frameRate: () => player.getVariantTracks().find(({ active }) => active)?.frameRate ?? null,
    destroy: async () => void (await player.destroy()),
  };
};

function isAutomatic(player: shaka.Player): boolean {
  return player.getConfiguration().abr.enabled;
}

function qualityMenu(player: shaka.Player, onChoice: (automatic: boolean) => void): Menu {
  const tracks = player.getVariantTracks();
  const active = tracks.find((track) => track.active);
  // A variant is a rung with one of the sounds.
  const rungs = tracks
    .filter(({ audioId }) => active === undefined || audioId === active.audioId)
    .sort((a, b) => b.bandwidth - a.bandwidth);
  const choices = rungs.map((track) => ({ id: String(track.id), label: qualityLabel(trackQuality(track)) }));
  return {
    choices: choices.length > 1 ? [{ id: AUTO, label: 'Automatic' }, ...choices] : [],
    chosen: isAutomatic(player) || active === undefined ? AUTO : String(active.id),
    choose: (id) => {
      player.configure({ abr: { enabled: id === AUTO } });
      const track = rungs.find((each) => String(each.id) === id);
      // What is loaded plays on: Shaka 5.2 may hang when the buffer is cleared here.
      if (track !== undefined) player.selectVariantTrack(track, false);
      onChoice(id === AUTO);
    },
  };
}

function trackQuality({ width, height, videoBandwidth, bandwidth }: shaka.extern.Track): Quality {
  return { width, height, bitrate: videoBandwidth ?? bandwidth };
}

function audioMenu(player: shaka.Player): Menu {
  const tracks = player.getAudioTracks();
  const choices = tracks.map(({ label, language, channelsCount }, i) => {
    const name = label ?? (languageName(language) || `Track ${i + 1}`);
    return {
      id: String(i),
      label: channelsCount !== null && channelsCount > 2 ? `${name}, ${channelsCount} channels` : name,
    };
  });
  return {
    choices: choices.length > 1 ? choices : [],
    chosen: String(tracks.findIndex(({ active }) => active)),
    choose: (id) => {
      const track = tracks[Number(id)];
      if (track !== undefined) player.selectAudioTrack(track);
    },
  };
}

function subtitlesMenu(player: shaka.Player): Menu {
  const tracks = player.getTextTracks();
  const choices = tracks.map(({ label, language }, i) => ({
    id: String(i),
    label: label ?? (languageName(language) || `Track ${i + 1}`),
  }));
  const active = tracks.findIndex((track) => track.active);
  return {
    choices: choices.length > 0 ? [{ id: NONE, label: 'None' }, ...choices] : [],
    chosen: active < 0 ? NONE : String(active),
    choose: (id) => player.selectTextTrack(id === NONE ? null : (tracks[Number(id)] ?? null)),
  };
}

/** Null: the event is about sound. */
function shownQuality(event: unknown): Quality | null {
  const quality: unknown = fieldOf(event, 'mediaQuality');
  if (fieldOf(quality, 'contentType') !== 'video') return null;
  const [width, height, bitrate] = ['width', 'height', 'bandwidth'].map((key) => {
    const value = fieldOf(quality, key);
    return typeof value === 'number' && value > 0 ? value : null;
  });
  return { width: width ?? null, height: height ?? null, bitrate: bitrate ?? null };
}

function detailOf(event: unknown): unknown {
  return fieldOf(event, 'detail') ?? event;
}

/** Shaka's errors have a number, and what belongs to it: https://shaka-player-demo.appspot.com/docs/api/shaka.util.Error.html */
function failureOf(error: unknown): Failure {
  const code = fieldOf(error, 'code');
  const data = fieldOf(error, 'data');
  const parts: readonly unknown[] = Array.isArray(data) ? data : [];
  const words = parts.filter((part) => typeof part === 'string' || typeof part === 'number').map(String);
  const message = fieldOf(error, 'message');
  const text = words.length > 0 ? words.join(' ') : typeof message === 'string' ? message : String(error);
  const [url] = words;
  return {
    code: typeof code === 'number' ? `shaka-${code}` : 'shaka',
    message: text.slice(0, 500),
    fatal: fieldOf(error, 'severity') === CRITICAL,
    unreachable: code === HTTP_ERROR && url !== undefined ? url : null,
  };
}

const CRITICAL = 2;
/** No answer at all; one with a bad status has code 1001. */
const HTTP_ERROR = 1002;

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
}
