import type { ListeningEvent, PlaybackEvent, ServingEvent } from '../model/events.js';
import type { PlaybackHappening, Quality } from '../model/playback.js';
import { printable } from '../model/text.js';
import { count, formatBitrate, formatClock } from './format.js';
import type { Style } from './style.js';

/** The address of the page, loudly with those at which other machines reach it, and how to end. */
export function describeServing({ address, source, format, exposedAt }: ServingEvent, style: Style): string {
  const what = `${printable(source)} (${format === 'hls' ? 'HLS' : 'DASH'})`;
  const lines = [`${what} plays at`, `  ${style.strong(address)}`];
  if (exposedAt.length > 0) {
    const warning = `${style.glyphs.warning} everybody who reaches this machine by the network can watch it, and read its files:`;
    lines.push(style.caution(warning), ...exposedAt.map((each) => `  ${each}`));
  }
  return [...lines, style.faint('Ctrl-C ends it')].join('\n');
}

/** The address of a service, loudly with those at which other machines reach it. */
export function describeListening({ service, address, exposedAt, encrypted }: ListeningEvent, style: Style): string {
  const lines = [`${SERVICES[service]} at`, `  ${style.strong(address)}`];
  if (exposedAt.length > 0) {
    const warning = encrypted
      ? 'other machines can ask it, too:'
      : 'other machines can ask it, too, and what they send can be read and changed on the way:';
    lines.push(style.caution(`${style.glyphs.warning} ${warning}`), ...exposedAt.map((each) => `  ${each}`));
  }
  return [...lines, style.faint('Ctrl-C ends it')].join('\n');
}

const SERVICES: Readonly<Record<ListeningEvent['service'], string>> = {
  beacon: 'reports are taken',
  license: 'licences are given',
};

/** "0:07 quality 360p → 720p (player's choice), 12.4 s loaded" */
export function describePlayback(event: PlaybackEvent, style: Style): string {
  const where = style.faint(formatClock(event.position));
  return `${where} ${happeningText(event, style)}`;
}

function happeningText(event: PlaybackEvent, style: Style): string {
  switch (event.event) {
    case 'startup':
      return `started after ${seconds(event.milliseconds / 1000)} (${event.player}, ${event.format.toUpperCase()})`;
    case 'quality_switch':
      return `quality ${switchText(event, style)}${event.automatic ? '' : ' (chosen)'}${estimateOf(event)}`;
    case 'low_buffer':
      return style.caution(`low buffer: ${seconds(event.bufferSeconds)} loaded${estimateOf(event)}`);
    case 'stall':
      return style.caution(`stalled for ${seconds(event.milliseconds / 1000)}${estimateOf(event)}`);
    case 'error': {
      const text = `${event.fatal ? 'playback failed' : 'error'}: ${printable(event.code)}: ${printable(event.message)}`;
      return event.fatal ? style.bad(text) : style.caution(text);
    }
    case 'ended':
    case 'left':
      return `${event.event === 'ended' ? 'played to the end' : 'page left'}: ${sumText(event)}`;
  }
}

type Switch = Extract<PlaybackHappening, { readonly event: 'quality_switch' }>;
type Sum = Extract<PlaybackHappening, { readonly frames: number }>;

function switchText({ from, to }: Switch, style: Style): string {
  return from === null ? nameOf(to) : `${nameOf(from)} ${style.glyphs.arrow} ${nameOf(to)}`;
}

function sumText({ watchedSeconds, stalls, switches, frames, droppedFrames }: Sum): string {
  return [
    `${formatClock(watchedSeconds)} watched`,
    count(stalls, 'stall'),
    switches === 1 ? '1 switch' : `${switches} switches`,
    `${droppedFrames} of ${count(frames, 'frame')} dropped`,
  ].join(', ');
}

/** "720p at 2.80 Mb/s" */
function nameOf({ height, bitrate }: Quality): string {
  const rate = bitrate === null ? null : formatBitrate(bitrate);
  if (height === null) return rate ?? 'unknown';
  return rate === null ? `${height}p` : `${height}p at ${rate}`;
}

function estimateOf({ bandwidth }: PlaybackEvent): string {
  return bandwidth === null ? '' : `, line about ${formatBitrate(bandwidth)}`;
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}
