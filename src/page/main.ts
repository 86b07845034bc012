import type { PageConfig, PageManifest, PlaybackReport } from '../model/playback.js';
import { element } from './elements.js';
import { Figures } from './figures.js';
import { hlsWorksHere, openHls } from './hls-player.js';
import { listenToKeys } from './keyboard.js';
import { offerLine } from './line.js';
import { fill, Menus } from './menus.js';
import { addressAt, momentOf } from './moment.js';
import { openNative } from './native-player.js';
import type { Failure, OpenPlayer, Player, PlayerListener } from './player.js';
import { createPoster } from './post-reports.js';
import { Session } from './session.js';
import { openShaka } from './shaka-player.js';

const PLAYER_NAMES = { 'hls.js': 'hls.js', shaka: 'Shaka Player', native: 'the browser itself' } as const;

/** The page: a title, its menus and figures. `config` says what is played. */
function start(config: PageConfig): void {
  const video = element('video', HTMLVideoElement);
  element('title', HTMLHeadingElement).textContent = config.title;
  document.title = `${config.title} – mediactl`;
  let player: Player | null = null;
  const post = createPoster(config.reports);
  let figures: Figures | null = null;
  const session = new Session({
    video,
    title: config.title,
    player: () => player,
    report: (report: PlaybackReport) => {
      post(report);
      figures?.tell(report);
    },
  });
  const menus = new Menus(() => player);
  figures = new Figures(video, session, () => player);
  const listener: PlayerListener = {
    menusChanged: () => menus.update(),
    qualityShown: (quality, automatic) => session.qualityShown(quality, automatic),
    failed: (failure) => {
      session.failed(failure);
      if (failure.fatal) void explain(failure, config).then((text) => say(text, true));
    },
  };

  const play = async (manifest: PageManifest, from: number | null): Promise<void> => {
    const before = player;
    player = null;
    await before?.destroy();
    session.loads();
    // What was wrong with the player before is not wrong any more.
    say('');
    const opener = await openerFor(manifest, video);
    if (opener === null) return say('This browser cannot play such a title: it has no Media Source Extensions.', true);
    if (from !== null) video.addEventListener('loadedmetadata', () => (video.currentTime = from), { once: true });
    const absolute = (url: string): string => new URL(url, location.href).href;
    const license = config.license === undefined ? null : absolute(config.license);
    player = await opener(video, absolute(manifest.url), listener, license);
    const format = manifest.format === 'hls' ? 'HLS' : 'DASH';
    element('engine', HTMLParagraphElement).textContent = `${format} by ${PLAYER_NAMES[player.name]}`;
    menus.update();
    await video.play().catch(() => playMuted(video));
  };
  let turn: Promise<void> = Promise.resolve();
  const begin = (manifest: PageManifest, from: number | null): void => {
    turn = turn.then(() => play(manifest, from)).catch((error: unknown) => say(String(error), true));
  };

  offerFormats(config, (manifest) => begin(manifest, video.ended ? null : video.currentTime));
  offerLine(config, say);
  offerLink(video);
  const toggleFigures = offerFigures(config.figures);
  listenToKeys(video, menus, { say, toggleFigures, frameRate: () => player?.frameRate() ?? null });
  addEventListener('hashchange', () => {
    const moment = momentOf(location.hash);
    if (moment !== null) video.currentTime = moment;
  });
  const [first] = config.manifests;
  if (first === undefined) say('There is nothing to play.', true);
  else begin(first, momentOf(location.hash));
}

async function openerFor({ format }: PageManifest, video: HTMLVideoElement): Promise<OpenPlayer | null> {
  if (format === 'dash') return openShaka;
  if (await hlsWorksHere()) return openHls;
  return video.canPlayType('application/vnd.apple.mpegurl') === '' ? null : openNative;
}

/** Browsers let a page begin with sound only when somebody has touched it. */
async function playMuted(video: HTMLVideoElement): Promise<void> {
  if (video.muted || video.error !== null) return;
  video.muted = true;
  await video.play().then(
    () => say('Muted, because this browser wants a key first. Press M for audio.'),
    () => (video.muted = false),
  );
}

/** What is wrong, and whether it is the other server that forbids this page to read (CORS). */
async function explain({ code, message, unreachable }: Failure, config: PageConfig): Promise<string> {
  const plain = `It cannot be played: ${message} [${code}]`;
  if (unreachable === null || config.canThrottle) return plain;
  // An answer that may not be read is an answer.
  const isThere = await fetch(unreachable, { mode: 'no-cors', cache: 'no-store' }).then(
    () => true,
    () => false,
  );
  const { host } = new URL(unreachable, location.href);
  return isThere
    ? `It cannot be played from here: ${host} does not allow other pages to read it (CORS). ` +
        'A title in a bucket of yours plays as gs://bucket/path, or allow the origin of this page there.'
    : `${host} does not answer. ${plain}`;
}

function offerFormats({ manifests }: PageConfig, choose: (manifest: PageManifest) => void): void {
  const select = element('format', HTMLSelectElement);
  const choices = manifests.map(({ format, url }, i) => {
    const isAlone = manifests.filter((other) => other.format === format).length === 1;
    const name = format === 'hls' ? 'HLS' : 'DASH';
    return { id: String(i), label: isAlone ? name : `${name}, ${decodeURIComponent(url.replace(/^.*\//, ''))}` };
  });
  fill(select, choices.length > 1 ? choices : [], '0');
  select.addEventListener('change', () => {
    const manifest = manifests[Number(select.value)];
    if (manifest !== undefined) choose(manifest);
  });
}

function offerLink(video: HTMLVideoElement): void {
  element('link', HTMLButtonElement).addEventListener('click', () => {
    const address = addressAt(location.href, video.currentTime);
    history.replaceState(null, '', address);
    Promise.resolve(navigator.clipboard?.writeText(address))
      .then(() => say(`Copied: ${address}`))
      .catch(() => say(address));
  });
}

function offerFigures(shown: boolean): () => void {
  const [button, section] = [element('toggle', HTMLButtonElement), element('figures', HTMLElement)];
  const show = (visible: boolean): void => {
    section.hidden = !visible;
    button.setAttribute('aria-expanded', String(visible));
  };
  const toggle = (): void => show(section.hidden !== false);
  button.addEventListener('click', toggle);
  show(shown);
  return toggle;
}

function say(text: string, isBad = false): void {
  const notice = element('notice', HTMLParagraphElement);
  notice.textContent = text;
  notice.className = isBad ? 'bad' : '';
}

/** In an exported page the configuration stands in it; else the server has it. */
async function readConfig(): Promise<PageConfig> {
  const own = document.getElementById('config');
  const config: unknown = own === null ? await (await fetch('config.json')).json() : JSON.parse(own.textContent);
  if (isConfig(config)) return config;
  throw new Error('the configuration is none of this page');
}

/** The server, or the export, is of the same version: a look at what cannot be missing is enough. */
function isConfig(value: unknown): value is PageConfig {
  return typeof value === 'object' && value !== null && 'manifests' in value && Array.isArray(value.manifests);
}

readConfig().then(start, () => say('mediactl does not answer: is it still running?', true));
