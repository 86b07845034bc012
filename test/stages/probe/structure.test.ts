import { describe, expect, it } from 'vitest';
import { sniff } from '../../../src/stages/probe/sniff.js';
import { inspectStructure } from '../../../src/stages/probe/structure.js';

const inspect = (bytes: Buffer) =>
  inspectStructure({
    bytes: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  });

/** A box of ISO base media; `size` to lie about it. */
function box(type: string, body: Buffer | Buffer[] = Buffer.alloc(0), size?: number): Buffer {
  const content = Array.isArray(body) ? Buffer.concat(body) : body;
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size ?? content.length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
}

const FTYP = box('ftyp', Buffer.from('isom\0\0\0\0'));
const track = (entry: string) =>
  box('trak', box('mdia', box('minf', box('stbl', box('stsd', [Buffer.alloc(8), box(entry, Buffer.alloc(20))])))));
const moov = (entry = 'avc1') => box('moov', [box('mvhd', Buffer.alloc(100)), track('mp4a'), track(entry)]);

describe('the structure of MP4', () => {
  it('of a whole file', async () => {
    expect(await inspect(Buffer.concat([FTYP, moov(), box('mdat', Buffer.alloc(100))]))).toEqual({
      family: 'mp4',
      missingBytes: 0,
      unreadable: null,
      encryption: null,
      isFragmented: false,
      hasIndex: true,
    });
  });

  it('counts what is missing, in 32-bit and 64-bit boxes', async () => {
    expect(await inspect(Buffer.concat([FTYP, moov(), box('mdat', Buffer.alloc(100), 1108)]))).toMatchObject({
      missingBytes: 1000,
      unreadable: null,
    });
    const large = Buffer.concat([box('mdat', Buffer.alloc(8), 1), Buffer.alloc(84)]);
    large.writeBigUInt64BE(6_000_000_000n, 8);
    expect(await inspect(Buffer.concat([FTYP, moov(), large]))).toMatchObject({ missingBytes: 5_999_999_900 });
  });

  it('takes size 0 for "to the end", and padding for the end', async () => {
    expect(await inspect(Buffer.concat([FTYP, moov(), box('mdat', Buffer.alloc(50), 0)]))).toMatchObject({
      missingBytes: 0,
    });
    const padded = Buffer.concat([FTYP, moov(), box('mdat', Buffer.alloc(50)), Buffer.alloc(512)]);
    expect(await inspect(padded)).toMatchObject({ missingBytes: 0, unreadable: null });
  });

  it('knows a file without its index', async () => {
    const code = async (...boxes: Buffer[]) => (await inspect(Buffer.concat(boxes)))?.unreadable?.code;
    expect(await code(FTYP, box('mdat', Buffer.alloc(50), 5000))).toBe('input-truncated');
    expect(await code(FTYP, box('mdat', Buffer.alloc(50)), moov().subarray(0, 60))).toBe('input-truncated');
    expect(await code(FTYP, moov())).toBe('input-truncated');
    expect(await code(box('styp'), box('moof'), box('mdat'))).toBe('input-unsupported');
    expect(await code(FTYP, moov(), box('moof'), box('mdat'))).toBeUndefined();
  });

  it('wants an index of fragments before it calls them seekable', async () => {
    const fragments = [FTYP, moov(), box('moof'), box('mdat')];
    expect(await inspect(Buffer.concat(fragments))).toMatchObject({ hasIndex: false });
    expect(await inspect(Buffer.concat([...fragments, box('mfra')]))).toMatchObject({ hasIndex: true });
  });

  it.each([
    ['encv', 'Common Encryption'],
    ['enca', 'Common Encryption'],
    ['drms', 'FairPlay'],
    ['avc1', null],
  ])('sample entry %s: %s', async (entry, encryption) =>
    expect(await inspect(Buffer.concat([FTYP, moov(entry), box('mdat', Buffer.alloc(9))]))).toMatchObject({
      encryption,
    }),
  );

  it('survives boxes that contain themselves, and garbage', async () => {
    expect(
      await inspect(Buffer.concat([FTYP, box('moov', Buffer.alloc(0), 8), box('mdat', Buffer.alloc(0), 3)])),
    ).not.toBeNull();
    expect(await inspect(Buffer.from('ftyp'))).toBeNull();
    expect(await inspect(Buffer.alloc(5000))).toBeNull();
  });
});

describe('the structure of Matroska', () => {
  const element = (id: string, body: Buffer, size?: Buffer) =>
    Buffer.concat([Buffer.from(id, 'hex'), size ?? Buffer.from([0x40 | (body.length >> 8), body.length & 0xff]), body]);
  const header = element('1a45dfa3', Buffer.alloc(20));
  const cluster = element('1f43b675', Buffer.alloc(300));
  const cuesSeek = element('114d9b74', element('4dbb', element('53ab', Buffer.from('1c53bb6b', 'hex'))));

  it('counts what is missing', async () => {
    const file = Buffer.concat([header, element('18538067', Buffer.concat([cuesSeek, cluster]))]);
    expect(await inspect(file)).toMatchObject({ family: 'matroska', missingBytes: 0, hasIndex: true });
    expect(await inspect(file.subarray(0, -100))).toMatchObject({ missingBytes: 100, hasIndex: false });
    expect(await inspect(header)).toMatchObject({ unreadable: { code: 'input-truncated' } });
  });

  it('does not know the length of a live recording', async () => {
    const live = element('18538067', cluster, Buffer.from('01ffffffffffffff', 'hex'));
    expect(await inspect(Buffer.concat([header, live]))).toMatchObject({
      missingBytes: 0,
      hasIndex: false,
      unreadable: null,
    });
  });
});

describe('the structure of RIFF', () => {
  const riff = (form: string, bytes: number, size = bytes - 8) => {
    const file = Buffer.alloc(bytes);
    file.write(`RIFF----${form}`, 'latin1');
    file.writeUInt32LE(size, 4);
    return file;
  };
  it('counts what is missing, over several chunks', async () => {
    expect(await inspect(riff('WAVE', 1000))).toMatchObject({ family: 'riff', missingBytes: 0, hasIndex: true });
    expect(await inspect(riff('AVI ', 1000, 5000))).toMatchObject({ missingBytes: 4008, hasIndex: false });
    expect(await inspect(Buffer.concat([riff('AVI ', 1000), riff('AVIX', 500, 992)]))).toMatchObject({
      missingBytes: 500,
    });
  });
  it.each([0, 0xffffffff, 0x7ffff024])('size %d was never filled in', async (size) => {
    expect(await inspect(riff('WAVE', 1000, size))).toMatchObject({ missingBytes: 0 });
  });
});

describe('the structure of MPEG-TS', () => {
  const packet = (before = 0, after = 0) =>
    Buffer.concat([Buffer.alloc(before), Buffer.from([0x47]), Buffer.alloc(187), Buffer.alloc(after)]);

  it.each([
    [188, packet()],
    [192, packet(4)],
    [204, packet(0, 16)],
  ])('a last packet of %i bytes that is torn says that the end is missing', async (size, one) => {
    const whole = Buffer.concat(Array.from({ length: 12 }, () => one));
    expect(await inspect(whole)).toMatchObject({ family: 'mpegts', missingBytes: 0, unreadable: null });
    expect(await inspect(whole.subarray(0, -100))).toMatchObject({ missingBytes: 100 });
    expect(await inspect(whole.subarray(0, 11 * size + 1))).toMatchObject({
      missingBytes: size === 192 ? 0 : size - 1,
    });
  });

  it('what was appended is no packet', async () => {
    const whole = Buffer.concat(Array.from({ length: 12 }, () => packet()));
    expect(await inspect(Buffer.concat([whole, Buffer.from('made with love')]))).toMatchObject({ missingBytes: 0 });
    expect(await inspect(Buffer.alloc(3000, 'text'))).toBeNull();
  });
});

describe('sniffing', () => {
  const kindOf = (text: string | Buffer) => sniff(Buffer.from(text as string, 'latin1')).kind;

  it.each([
    '#EXTM3U\n#EXT-X-VERSION:3\n',
    '\xef\xbb\xbf#EXTM3U',
    'ffconcat version 1.0\nfile x.mp4\n',
    '# comment\n\nffconcat version 1.0',
    "file 'x.mp4'\n",
    'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n',
    '<?xml version="1.0"?>\n<!-- x -->\n<MPD type="static">',
    '<MPD>',
    '<SmoothStreamingMedia MajorVersion="2">',
    '<asx version="3.0">',
    '[playlist]\nFile1=http://x',
    'rtsp://x.example/stream',
  ])('%j is a playlist', (text) => expect(kindOf(text)).toBe('playlist'));

  it.each([
    'WEBVTT\n',
    '1\n00:00:00,000 --> 00:00:01,000\nhi',
    '[Script Info]',
    ';FFMETADATA1',
    'Just some text.\n',
    '%PDF-1.7',
    'PK\x03\x04',
  ])('%j is not media', (text) => expect(kindOf(text)).toBe('not-media'));

  it.each(['\xff\xd8\xff\xe0', '\x89PNG\r\n\x1a\n....IHDR....IDAT', 'RIFF....WEBPVP8 ', '....ftypheic'])(
    '%j is a still',
    (text) => expect(kindOf(text)).toBe('still'),
  );

  it('lets media pass', () => {
    expect(kindOf('\x89PNG\r\n\x1a\n....IHDR....acTL....IDAT')).toBe('nothing');
    expect(kindOf('RIFF....WAVEfmt \0')).toBe('nothing');
    expect(kindOf('....ftypisom\0')).toBe('nothing');
    expect(kindOf('GIF89a\0\0')).toBe('nothing');
    expect(kindOf('')).toBe('nothing');
  });

  it('notices scrambling and Windows Media DRM', () => {
    const packets = (flags: number) =>
      Buffer.concat(
        Array.from({ length: 20 }, (_, i) =>
          Buffer.from([0x47, 1, i, i % 4 === 0 ? 0x10 : flags, ...Array<number>(184).fill(7)]),
        ),
      );
    expect(sniff(packets(0x90)).kind).toBe('encrypted');
    expect(sniff(packets(0x10)).kind).toBe('nothing');
    const asf = Buffer.concat([Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'), Buffer.alloc(100)]);
    expect(sniff(asf).kind).toBe('nothing');
    expect(sniff(Buffer.concat([asf, Buffer.from('fbb3112223bdd211b4b700a0c955fc6e', 'hex')])).kind).toBe('encrypted');
  });
});
