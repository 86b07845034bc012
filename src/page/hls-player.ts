import type Hls from 'hls.js';
import type { ErrorData, Level } from 'hls.js';
import type { Quality } from '../model/playback.js';
import { AUTO, languageName, NONE, qualityLabel, type Menu, type OpenPlayer, type PlayerListener } from './player.js';
import { loadHls } from './scripts.js';

/** Whether this browser has Media Source Extensions. */
export async function hlsWorksHere(): Promise<boolean> {
  return (await loadHls()).isSupported();
}

/** HLS by hls.js. */
export const openHls: OpenPlayer = async (video, url, listener, license) => {
  const library = await loadHls();
  const hls = new library({
    capLevelToPlayerSize: false,
    backBufferLength: 30,
    emeEnabled: license !== null,
    drmSystems: license === null ? {} : { 'org.w3.clearkey': { licenseUrl: license } },
  });
  const { Events } = library;
  // What is chosen now comes on screen later.
  let automatic = true;
  for (const event of [Events.MANIFEST_PARSED, Events.AUDIO_TRACKS_UPDATED, Events.SUBTITLE_TRACKS_UPDATED] as const) {
    hls.on(event, () => listener.menusChanged());
  }
  for (const event of [Events.AUDIO_TRACK_SWITCHED, Events.SUBTITLE_TRACK_SWITCH] as const) {
    hls.on(event, () => listener.menusChanged());
  }
  hls.on(Events.LEVEL_SWITCHED, (_, { level }) => {
    const shown = hls.levels[level];
    if (shown !== undefined) listener.qualityShown(qualityOf(shown), automatic);
    automatic = hls.autoLevelEnabled;
    listener.menusChanged();
  });
  hls.on(Events.ERROR, (_, error) => handleError(hls, library, error, listener));
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    name: 'hls.js',
    format: 'hls',
    menu: (kind) => {
      switch (kind) {
        case 'quality':
          return qualityMenu(hls, (wasAutomatic) => {
            automatic = wasAutomatic;
            listener.menusChanged();
          });
        case 'audio':
          return audioMenu(hls);
        case 'subtitles':
          return subtitlesMenu(hls);
      }
    },
    bandwidth: () => (Number.isFinite(hls.bandwidthEstimate) ? hls.bandwidthEstimate : null),
    frameRate: () => hls.levels[hls.currentLevel]?.frameRate || null,
    destroy: async () => hls.destroy(),
  };
};

function qualityOf({ width, height, bitrate }: Level): Quality {
  return { width: width || null, height: height || null, bitrate: bitrate || null };
}

function qualityMenu(hls: Hls, onChoice: (automatic: boolean) => void): Menu {
  const levels = hls.levels.map((level, i) => ({ id: String(i), label: qualityLabel(qualityOf(level)) }));
  return {
    choices: levels.length > 1 ? [{ id: AUTO, label: 'Automatic' }, ...levels.reverse()] : [],
    chosen: hls.autoLevelEnabled ? AUTO : String(hls.manualLevel),
    choose: (id) => {
      // From the next segment on: what is on screen plays on.
      hls.nextLevel = id === AUTO ? -1 : Number(id);
      onChoice(id === AUTO);
    },
  };
}

function audioMenu(hls: Hls): Menu {
  const choices = hls.audioTracks.map(({ name, lang }, i) => ({
    id: String(i),
    label: name || languageName(lang) || `Track ${i + 1}`,
  }));
  return {
    choices: choices.length > 1 ? choices : [],
    chosen: String(hls.audioTrack),
    choose: (id) => {
      hls.audioTrack = Number(id);
    },
  };
}

function subtitlesMenu(hls: Hls): Menu {
  const choices = hls.subtitleTracks.map(({ name, lang }, i) => ({
    id: String(i),
    label: name || languageName(lang) || `Track ${i + 1}`,
  }));
  return {
    choices: choices.length > 0 ? [{ id: NONE, label: 'None' }, ...choices] : [],
    chosen: hls.subtitleTrack < 0 ? NONE : String(hls.subtitleTrack),
    choose: (id) => {
      hls.subtitleDisplay = id !== NONE;
      hls.subtitleTrack = id === NONE ? -1 : Number(id);
    },
  };
}

function handleError(hls: Hls, library: typeof Hls, error: ErrorData, listener: PlayerListener): void {
  if (isNothing(hls, library, error)) return;
  // A decoder that gave up can often be started again.
  const recovers = error.fatal && error.type === library.ErrorTypes.MEDIA_ERROR && !recovered.has(hls);
  const { url = error.context?.url ?? null, response } = error;
  const answered = response?.code ?? 0;
  const silent = error.type === library.ErrorTypes.NETWORK_ERROR && answered === 0;
  const status = answered > 0 ? `HTTP ${answered}: ` : '';
  listener.failed({
    code: error.details,
    message: `${status}${error.error.message}${url === null ? '' : ` (${url})`}`,
    fatal: error.fatal && !recovers,
    unreachable: error.fatal && silent ? url : null,
  });
  if (recovers) {
    recovered.add(hls);
    hls.recoverMediaError();
  }
}

/**
 * What hls.js tells of healthy titles in MPEG-TS. It puts the first decode time at 0: with B-frames the first picture is late by
 * the reordering delay, and unless the title says where to begin it hops over that. And of the first segment of audio it
 * says that nothing has come of it, once, when it has.
 */
function isNothing(hls: Hls, { ErrorDetails }: typeof Hls, error: ErrorData): boolean {
  if (error.fatal || (hls.media?.currentTime ?? 0) >= START_SECONDS) return false;
  const { details, appendsWithoutProgress } = error;
  if (details === ErrorDetails.BUFFER_SEEK_OVER_HOLE) return true;
  return details === ErrorDetails.BUFFER_APPEND_NO_PROGRESS && appendsWithoutProgress === 1;
}

const START_SECONDS = 0.5;

const recovered = new WeakSet<Hls>();
