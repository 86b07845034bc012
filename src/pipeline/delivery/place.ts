import type { TitleRecord } from '../../model/artifact.js';
import type { ResultEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import type { OwnershipOptions } from '../../stages/publish/ownership.js';
import type { Listing } from '../../storage/listing.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import type { RecordState } from '../record/record.js';
import type { Delivery, DeliveryOptions } from './delivery.js';
import type { UploadMeter } from './upload-meter.js';

/**
 * Where titles are published: chosen once, and handed down the street. A folder and a bucket are its two
 * implementations, and whoever has a Place need not know which of them it is.
 */
export interface Place {
  readonly storage: Storage;
  /** Absolute path, or gs://bucket/prefix. */
  readonly name: string;
  /** The folder beside which the work happens: the title's own, or one in the working directory for a bucket. */
  readonly folder: string;
  /** Versions before the present one whose files stay. */
  readonly keepVersions: number;
  /** Told of what is uploaded; a folder's says nothing. */
  readonly meter: UploadMeter;
  /** What is there now. Throws MediactlError storage-conflict when somebody is publishing at this very moment. */
  lookAt(): Promise<PresentTitle>;
  /**
   * The edition under which a planned title can be made (see `withEdition`): `first` where names made of it are free,
   * or where no other machine can have taken them.
   */
  chooseEdition(plan: EncodePlan, first: string | null, present: PresentTitle): Promise<string | null>;
  /** How a file of ours is known when there is no record beside it; to be asked of what was listed. */
  ownership(snapshot: Snapshot): Promise<Pick<OwnershipOptions, 'isOurs' | 'snapshot'>>;
  /** `workFolder`: the one in which the title is made. */
  openDelivery(workFolder: string, options: DeliveryOptions): Promise<Delivery>;
  /** All objects of a title that were listed, its record included; null where files are not told of one by one. */
  objectsOf(record: TitleRecord, listing: Snapshot): Promise<Listing | null>;
  /** What a result says of where the title is. `playlist`: the path of what a player opens; null when there is none. */
  addressesOf(
    playlist: string | null,
    stored: Listing | null,
  ): Pick<ResultEvent, 'playlist' | 'url' | 'objects' | 'transfer'>;
  /**
   * Runs `work` on the title at `location`, this place or one below it, while no other run on this machine makes or
   * removes it. Throws MediactlError output-busy, and what `work` throws.
   */
  withLock<T>(location: string, command: string, work: () => Promise<T>): Promise<T>;
  /** Ends what is under way, with this as its reason. */
  stop(reason: unknown): void;
}

/** What is at a place at one moment. */
export interface PresentTitle {
  readonly snapshot: Snapshot;
  /** A title of ours, something else, or nothing. */
  readonly present: RecordState;
}
