import { element, make } from './elements.js';
import type { Menus } from './menus.js';
import { frameBeside } from './moment.js';

interface Key {
  /** As KeyboardEvent.key gives them. */
  readonly keys: readonly string[];
  readonly shown: string;
  readonly does: string;
  readonly act: (key: string) => void;
}

/** Keys for everything, and the dialog that lists them. `say`: tells what was chosen. */
export function listenToKeys(
  video: HTMLVideoElement,
  menus: Menus,
  options: {
    readonly say: (text: string) => void;
    readonly toggleFigures: () => void;
    /** Frames a second; null: not known. */
    readonly frameRate: () => number | null;
  },
): void {
  const seek = (seconds: number): void => {
    video.currentTime = Math.max(
      0,
      Math.min(Number.isFinite(video.duration) ? video.duration : Infinity, video.currentTime + seconds),
    );
  };
  const step = (kind: 'quality' | 'audio' | 'subtitles', by: 1 | -1): void => {
    const chosen = menus.step(kind, by);
    options.say(chosen === null ? `There is no other choice of ${kind}.` : `${kind}: ${chosen.label}`);
  };
  const keys: readonly Key[] = [
    {
      keys: [' ', 'k'],
      shown: 'Space, K',
      does: 'play or pause',
      act: () => void (video.paused ? video.play() : video.pause()),
    },
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      shown: '← →',
      does: '5 seconds back or on',
      act: (key) => seek(key === 'ArrowLeft' ? -5 : 5),
    },
    { keys: ['j', 'l'], shown: 'J L', does: '10 seconds back or on', act: (key) => seek(key === 'j' ? -10 : 10) },
    {
      keys: [',', '.'],
      shown: ', .',
      does: 'while paused: a frame back or on',
      act: (key) => {
        if (!video.paused) return;
        const target = frameBeside(video.currentTime, key === ',' ? -1 : 1, options.frameRate() ?? USUAL_FRAME_RATE);
        seek(target - video.currentTime);
      },
    },
    {
      keys: [...'0123456789'],
      shown: '0 – 9',
      does: 'to that tenth of the title',
      act: (key) => Number.isFinite(video.duration) && (video.currentTime = (video.duration * Number(key)) / 10),
    },
    { keys: ['m'], shown: 'M', does: 'mute or unmute', act: () => (video.muted = !video.muted) },
    {
      keys: ['f'],
      shown: 'F',
      does: 'whole screen',
      act: () => void (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
    },
    {
      keys: ['q', 'Q'],
      shown: 'Q, Shift Q',
      does: 'next or previous quality',
      act: (key) => step('quality', key === 'q' ? 1 : -1),
    },
    { keys: ['a'], shown: 'A', does: 'next audio track', act: () => step('audio', 1) },
    { keys: ['c'], shown: 'C', does: 'next subtitles', act: () => step('subtitles', 1) },
    { keys: ['h'], shown: 'H', does: 'figures off or on', act: options.toggleFigures },
    { keys: ['?'], shown: '?', does: 'these keys', act: () => element('keys', HTMLDialogElement).showModal() },
  ];
  element('keys-list', HTMLDListElement).append(
    ...keys.flatMap(({ shown, does }) => {
      const term = make('dt', '');
      term.append(make('kbd', shown));
      return [term, make('dd', does)];
    }),
  );
  element('help', HTMLButtonElement).addEventListener('click', () => element('keys', HTMLDialogElement).showModal());
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event)) return;
    // With Caps Lock the letters are large.
    const found = (name: string): Key | undefined => keys.find((each) => each.keys.includes(name));
    const key = found(event.key) ?? found(event.key.toLowerCase());
    if (key === undefined) return;
    event.preventDefault();
    key.act(key.keys.includes(event.key) ? event.key : event.key.toLowerCase());
  });
}

/** Where the player does not say it. */
const USUAL_FRAME_RATE = 25;

/** Whether the key means something to what has the focus: a menu, a button, an open dialog, the video's own controls. */
function isBusy({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element) || document.querySelector('dialog[open]') !== null) return true;
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLButtonElement) return key === ' ';
  return target instanceof HTMLVideoElement && [' ', 'ArrowLeft', 'ArrowRight'].includes(key);
}
