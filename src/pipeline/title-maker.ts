import type { TitleOrigin } from '../model/artifact.js';
import type { EncodePlan } from '../model/plan.js';
import type { WorkSettings } from '../model/settings.js';
import type { TrackAccount } from '../model/track-account.js';
import type { RunContext } from '../tools/run-context.js';
import type { Delivery } from './delivery/delivery.js';
import type { Place, PresentTitle } from './delivery/place.js';
import type { Warnings } from './encoding/warnings.js';
import type { RecordState } from './record/record.js';
import type { Journal } from './work/journal.js';

/** What a title is decided to be, whatever it is made of, and what is at its place now. */
export interface DecidedTitle extends PresentTitle {
  readonly plan: EncodePlan;
  /** Absolute path of the title's folder, or gs://bucket/prefix. */
  readonly output: string;
  /** See TitleRecord. */
  readonly edition: string | null;
  /** Version of the FFmpeg that makes its streams, or has made them. */
  readonly ffmpeg: string;
  /** How many chunks of a rendition are made side by side. */
  readonly chunksAtOnce: number;
  /** The title whose renditions it is made of; null: it is encoded. */
  readonly packagedFrom: TitleOrigin | null;
}

/** The working folder of a title, opened: what is finished in it, and the way from there to the destination. */
export interface WorkFolder {
  readonly path: string;
  readonly delivery: Delivery;
  readonly journal: Journal;
  /** Its signal also aborts when something could not be delivered. */
  readonly run: RunContext;
  /** The title that is there now. */
  readonly before: Extract<RecordState, { kind: 'ours' }>['record'] | null;
  /** An earlier run has begun the title. */
  readonly resumed: boolean;
  readonly warn: Warnings;
}

/** All segments of a title are in the journals, and on their way to their place. */
export interface MadeSegments {
  /** Rendition id → RFC 6381. */
  readonly codecs: ReadonlyMap<string, string>;
  readonly account: readonly TrackAccount[];
}

/** How a title comes about: a source is encoded, or finished renditions are brought into other forms. */
export interface TitleMaker<T extends DecidedTitle = DecidedTitle> {
  /** For people who meet the lock: "mediactl encode movie.mp4". */
  readonly command: string;
  /** What results say was done. */
  readonly outcome: 'encoded' | 'packaged';
  /** Aborts when what the title is made of can no longer be read, with the reason as a MediactlError. */
  readonly failed: AbortSignal;
  /** Bytes came that are not those of the source: what was made of them is not to be gone on with. */
  readonly hasWrongBytes: boolean;
  /** Writes nothing. */
  plan(destination: Place, run: RunContext): Promise<T>;
  /** Makes the segments that earlier runs have not. Throws what was wrong with the source. */
  make(title: T, folder: WorkFolder): Promise<MadeSegments>;
  /** Lets go of the working folder. */
  release(): Promise<void>;
}

/** One title to make, at an open destination. */
export interface MakeRequest<T extends DecidedTitle> {
  readonly maker: TitleMaker<T>;
  readonly work: WorkSettings;
  /** A loss is an error. */
  readonly strict: boolean;
  readonly destination: Place;
}
