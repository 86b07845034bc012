import { AdtsReader } from './adts.js';
import { AccessUnitReader } from './avc.js';
import { broken } from './broken.js';
import { earlier } from './clock.js';
import { PACKET_BYTES, PacketReader, type CounterRun } from './packets.js';
import { readPesStart } from './pes.js';
import { readPat, readPmt, type ElementaryStream } from './tables.js';

/** What one MPEG-TS segment holds. Times are 90 kHz ticks as written (33 bits, the muxer's offset included). */
export interface TransportScan {
  /** Null: no H.264 stream. */
  readonly video: VideoScan | null;
  /** Null: no AAC stream. */
  readonly audio: AudioScan | null;
  /** By PID, tables included. */
  readonly counters: ReadonlyMap<number, CounterRun>;
}

export interface VideoScan {
  /** Access units. */
  readonly frames: number;
  /** First and last in presentation order, whatever the order of decoding. */
  readonly firstPts: number;
  readonly lastPts: number;
  /** When the first picture of the segment is decoded. */
  readonly firstDts: number;
  /** RFC 6381 from the first SPS: "avc1.64001F"; null when the segment carries none. */
  readonly codecs: string | null;
  /** Each IDR picture in order of bytes. */
  readonly keyframes: readonly KeyframeScan[];
}

export interface KeyframeScan {
  /** First byte of the packet in which the picture's PES starts. */
  readonly offset: number;
  /** Up to the end of the picture's last packet; tables (PAT, PMT) before and after it are outside (RFC 8216 4.3.3.6). */
  readonly bytes: number;
  readonly pts: number;
}

export interface AudioScan {
  /** Frames of 1024 samples. */
  readonly frames: number;
  readonly firstPts: number;
  readonly sampleRate: number;
  /** RFC 6381: "mp4a.40.2". */
  readonly codecs: string;
}

/**
 * Reads a whole MPEG-TS segment with at most one H.264 and one ADTS AAC stream, one access unit per video PES
 * (what FFmpeg writes), and measures it without decoding.
 *
 * Throws MediactlError('encode-failed') when the bytes are not a sound segment: empty or not whole packets, lost sync,
 * scrambled, PAT and PMT not at the start, gaps in a continuity counter, a listed stream without a frame, audio cut
 * off in the middle of a frame. Video that is cut exactly between two packets cannot be told from the bytes alone
 * (its PES has no length): the caller must know that the segment was closed.
 */
export function scanTransportStream(bytes: Uint8Array): TransportScan {
  const packets = new PacketReader(bytes);
  const tracks = new Map<number, Track>();
  let pmtPid: number | null = null;

  while (packets.next()) {
    const { pid } = packets;
    const track = tracks.get(pid);
    if (track) {
      if (packets.payloadStart < packets.end) track.read(packets);
    } else if (pid === 0) {
      pmtPid ??= readPat(packets);
    } else if (pid === pmtPid) {
      if (tracks.size === 0) for (const stream of readPmt(packets)) tracks.set(stream.pid, openTrack(stream, bytes));
    } else if (tracks.size === 0 && !isTablePid(pid)) {
      throw broken('media comes before the program tables (PAT, PMT)');
    }
  }
  if (packets.discontinuities > 0) {
    throw broken(`packets are missing: ${packets.discontinuities} gaps in the continuity counters`);
  }
  if (tracks.size === 0) throw broken(pmtPid === null ? 'it has no PAT' : 'it has no PMT');

  let video: VideoScan | null = null;
  let audio: AudioScan | null = null;
  for (const track of tracks.values()) {
    if (track.kind === 'video' && video === null) video = track.finish();
    else if (track.kind === 'audio' && audio === null) audio = track.finish();
    else throw broken(`it has several ${track.kind} streams`);
  }
  return { video, audio, counters: packets.counterRuns() };
}

type Track = VideoTrack | AudioTrack;

function openTrack({ type, pid }: ElementaryStream, bytes: Uint8Array): Track {
  if (type === 0x1b) return new VideoTrack(bytes);
  if (type === 0x0f) return new AudioTrack(bytes);
  throw broken(`stream ${pid} has type 0x${type.toString(16)}, neither H.264 nor AAC`);
}

/** CAT, TSDT, and the DVB tables (SDT is 0x11), and stuffing. */
function isTablePid(pid: number): boolean {
  return pid < 0x20 || pid === 0x1fff;
}

/** Whether a PES packet has as many bytes as it announced; a picture need not announce any. */
class PesLength {
  #missing: number | null = null;

  open({ dataBytes }: { readonly dataBytes: number | null }): void {
    this.#missing = dataBytes;
  }

  feed(bytes: number): void {
    if (this.#missing !== null) this.#missing -= bytes;
  }

  get isWhole(): boolean {
    return this.#missing === null || this.#missing === 0;
  }
}

class VideoTrack {
  readonly kind = 'video';
  readonly #unit: AccessUnitReader;
  readonly #keyframes: KeyframeScan[] = [];
  #frames = 0;
  #firstPts = 0;
  #lastPts = 0;
  #firstDts = 0;
  #codecs: string | null = null;
  /** The PES being read. */
  #offset = 0;
  #end = 0;
  #pts = 0;
  readonly #pes = new PesLength();

  constructor(bytes: Uint8Array) {
    this.#unit = new AccessUnitReader(bytes);
  }

  read(packets: PacketReader): void {
    let { payloadStart } = packets;
    if (packets.unitStart) {
      this.#close();
      const pes = readPesStart(packets);
      payloadStart = pes.dataStart;
      if (this.#frames === 0 || earlier(pes.pts, this.#firstPts)) this.#firstPts = pes.pts;
      if (this.#frames === 0 || earlier(this.#lastPts, pes.pts)) this.#lastPts = pes.pts;
      if (this.#frames === 0) this.#firstDts = pes.dts;
      this.#frames++;
      this.#offset = packets.offset;
      this.#pts = pes.pts;
      this.#pes.open(pes);
      this.#unit.open();
    } else if (this.#frames === 0) {
      throw broken('it starts in the middle of a picture');
    }
    this.#pes.feed(packets.end - payloadStart);
    this.#end = packets.offset + PACKET_BYTES;
    this.#unit.feed(payloadStart, packets.end);
  }

  finish(): VideoScan {
    this.#close();
    if (this.#frames === 0) throw broken('it lists a video stream and has no picture');
    return {
      frames: this.#frames,
      firstPts: this.#firstPts,
      lastPts: this.#lastPts,
      firstDts: this.#firstDts,
      codecs: this.#codecs,
      keyframes: this.#keyframes,
    };
  }

  #close(): void {
    if (this.#frames === 0) return;
    if (!this.#pes.isWhole) throw broken('a picture is cut off');
    if (this.#unit.slice === 'none') throw broken(`access unit ${this.#frames - 1} has no picture`);
    this.#codecs ??= this.#unit.codecs;
    if (this.#unit.slice === 'idr') {
      this.#keyframes.push({ offset: this.#offset, bytes: this.#end - this.#offset, pts: this.#pts });
    }
  }
}

class AudioTrack {
  readonly kind = 'audio';
  readonly #adts: AdtsReader;
  readonly #pes = new PesLength();
  #firstPts: number | null = null;

  constructor(bytes: Uint8Array) {
    this.#adts = new AdtsReader(bytes);
  }

  read(packets: PacketReader): void {
    let { payloadStart } = packets;
    if (packets.unitStart) {
      this.#close();
      const pes = readPesStart(packets);
      payloadStart = pes.dataStart;
      this.#firstPts ??= pes.pts;
      this.#pes.open(pes);
    } else if (this.#firstPts === null) {
      throw broken('it starts in the middle of an audio frame');
    }
    this.#pes.feed(packets.end - payloadStart);
    this.#adts.feed(payloadStart, packets.end);
  }

  finish(): AudioScan {
    this.#close();
    const { frames, sampleRate, codecs } = this.#adts;
    if (this.#firstPts === null || frames === 0) throw broken('it lists an audio stream and has no frame');
    if (!this.#adts.atBoundary) throw broken('its last audio frame is cut off');
    return { frames, firstPts: this.#firstPts, sampleRate, codecs };
  }

  #close(): void {
    if (!this.#pes.isWhole) throw broken('its audio is cut off');
  }
}
