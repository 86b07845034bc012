import { MultiBar } from 'cli-progress';
import type { FetchEvent, StageEvent, StartEvent, SurveyEvent, UploadEvent } from '../model/events.js';
import type { Warning } from '../model/media.js';
import { streamsOf } from '../model/rendition.js';
import { printable, shellCommand } from '../model/text.js';
import { formatLine, layoutLines, type Layout } from './bar-line.js';
import { renderError } from './error-text.js';
import { formatClock } from './format.js';
import { describeListening, describePlayback, describeServing } from './playback-text.js';
import { Progress } from './progress.js';
import type { Renderer } from './renderer.js';
import { renderResult, renderWarning, watchHint } from './result-text.js';
import {
  collectSizes,
  describeInput,
  describeKept,
  describeStart,
  describeSummary,
  RetryFilter,
  WarningFilter,
} from './shared-text.js';
import type { Style } from './style.js';
import { Surface } from './surface.js';
import { formatFetch, formatSurvey, formatUpload } from './upload-text.js';
import { wrap } from './wrap.js';

const REDRAWS_PER_SECOND = 5;
/** More audio renditions than this share one line. */
const AUDIO_LINES = 2;
/** Total, status, and the row the cursor is on. */
const ROWS_BESIDE = 3;

const DOING: Readonly<Record<StageEvent['stage'], string>> = {
  probe: 'probing the source',
  plan: 'planning',
  fetch: 'fetching the source',
  encode: 'encoding',
  copy: 'copying',
  package: 'writing playlists',
  publish: 'putting the title in place',
  verify: 'checking',
};

/** One line per rendition and one for the whole, redrawn in place on stderr; the rest scrolls by above them. */
export function createTerminalRenderer(options: {
  stderr: NodeJS.WritableStream;
  columns: () => number;
  rows: () => number;
  style: Style;
  verbose: boolean;
  now: () => number;
}): Renderer {
  const { stderr, columns, rows, style, now } = options;
  const startedMs = now();
  const surface = new Surface((text) => stderr.write(text), columns);
  const warnings = new WarningFilter();
  const retries = new RetryFilter(options);
  const say = (text: string): void => surface.print(wrap(text, Math.max(20, columns())).join('\n'));
  let bars: MultiBar | null = null;
  let start: StartEvent | null = null;
  let progress: Progress | null = null;
  let upload: UploadEvent | null = null;
  let fetched: FetchEvent | null = null;
  let surveyed: SurveyEvent | null = null;
  let stage: StageEvent['stage'] = 'probe';

  const statusLine = (): string => {
    const looked = stage === 'probe' && surveyed ? `, ${formatSurvey(surveyed)}` : '';
    const much = stage === 'fetch' && fetched ? `, ${formatFetch(fetched)}` : looked;
    const text = `${DOING[stage]} ${style.glyphs.barEmpty === '.' ? '...' : '…'} ${formatClock((now() - startedMs) / 1000)}${much}`;
    return style.faint(text.slice(0, Math.max(0, columns() - 1)));
  };

  // cli-progress keeps the clock and the list of lines; what they say comes from `progress`.
  const draw = (lines: readonly (() => string)[]): void => {
    bars?.stop();
    const barOptions = {
      terminal: surface,
      fps: REDRAWS_PER_SECOND,
      clearOnComplete: true,
      stopOnComplete: false,
      forceRedraw: true,
    };
    bars = new MultiBar(barOptions);
    bars.on('update-post', () => surface.flush());
    for (const line of lines) bars.create(1, 0, {}, { format: line });
    bars.update();
  };

  const drawRenditions = (work: Progress, groups: readonly LineGroup[]): void => {
    const names = ['total', ...groups.map(({ name }) => name)];
    const layout = (): Layout => layoutLines(columns(), names, work.expectedSeconds === null);
    draw([
      ...groups.map(({ name, ids }, i) => () => {
        const fits = i < rows() - ROWS_BESIDE - (upload ? 1 : 0);
        return fits ? formatLine(name, work.figures(ids), layout(), style) : '';
      }),
      () => formatLine('total', work.total(now()), layout(), style),
      () => (upload ? formatUpload(upload, Math.max(0, columns() - 1)) : ''),
      statusLine,
    ]);
  };

  return {
    show: (event) => {
      switch (event.type) {
        case 'stage':
          stage = event.stage;
          if (bars === null) draw([statusLine]);
          break;
        case 'start':
          start = event;
          // What follows is shown by bars, and is no longer the stage before.
          stage = 'encode';
          progress = new Progress(event, now());
          say(describeStart(event, style));
          drawRenditions(progress, groupLines(event));
          break;
        case 'progress':
          progress?.update(event, now());
          break;
        case 'segment':
          progress?.segment(event);
          break;
        case 'survey':
          surveyed = event;
          break;
        case 'fetch':
          fetched = event;
          break;
        case 'upload':
          upload = event;
          break;
        case 'warning':
          if (warnings.isNew(event)) surface.print(renderWarning(event, style, columns() - 1));
          break;
        case 'command':
          if (options.verbose) surface.print(style.faint(`${printable(event.label)}: ${shellCommand(event.argv)}`));
          break;
        case 'retry': {
          const text = retries.text(event);
          if (text !== null) say(text);
          break;
        }
        case 'input':
          say(describeInput(event));
          break;
        case 'summary':
          surface.print(describeSummary(event));
          break;
        case 'kept':
          say(describeKept(event));
          break;
        case 'serving':
          surface.print(describeServing(event, style));
          break;
        case 'listening':
          surface.print(describeListening(event, style));
          break;
        case 'playback':
          surface.print(describePlayback(event, style));
          break;
        case 'result':
        case 'error':
          break;
      }
    },
    resumed: () => {
      surface.forget();
      bars?.update();
    },
    finish: (final) => {
      bars?.stop();
      surface.erase();
      if (final?.type === 'error') stderr.write(`${renderError(final, style, columns())}\n`);
      if (final?.type !== 'result') return;
      // What was said above is still on the screen, unless the commands have pushed it away.
      const isUnseen = (warning: Warning): boolean => options.verbose || warnings.isNew(warning);
      stderr.write(`${renderResult(final, collectSizes(start), columns(), style, isUnseen)}\n`);
      const hint = watchHint(final, process.cwd());
      if (hint !== null) stderr.write(`\n${hint}\n`);
    },
  };
}

interface LineGroup {
  readonly name: string;
  readonly ids: readonly string[];
}

function groupLines({ renditions }: StartEvent): LineGroup[] {
  const single = (kind: 'video' | 'audio'): LineGroup[] =>
    // One encoded stream in several containers is one line.
    streamsOf(renditions.filter((r) => r.kind === kind)).map((stream) => ({
      name: printable(stream[0]?.name ?? ''),
      ids: stream.slice(0, 1).map(({ id }) => id),
    }));
  const audio = single('audio');
  const shared = { name: `audio (${audio.length})`, ids: audio.flatMap(({ ids }) => ids) };
  return [...single('video'), ...(audio.length > AUDIO_LINES ? [shared] : audio)];
}
