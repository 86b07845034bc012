import { ANY_QUALITY, ANY_SPEED } from './encoders.js';
import { isLadderFile } from './ladder-name.js';
import { between, BOOLEAN, choice, choiceOfCapitals, list, matching, text, whole } from './setting-kinds.js';
import { flag, optional, setting, trustedOnly } from './setting-row.js';

// What a file from a stranger must not choose. A token would be sent to whatever address the file names, and a key file
// may name addresses, too. With an ACL, or in another bucket, a private title becomes public; a title that is encrypted
// with somebody's key is lost when they take the key away.
const CREDENTIALS = 'who gets credentials';
const PROGRAMS = 'which programs are run';

const always = (): boolean => true;
const hasFolder = (value: string): boolean => /[/\\]/.test(value);
const isNoUrl = (value: string): boolean => !value.includes('://');

// RFC 6454 §6.2, as browsers send it.
const ORIGIN = matching(
  /^(\*|https?:\/\/[a-z0-9.-]+(:\d+)?)$/,
  'an origin, such as https://www.example.com or http://localhost:8080, or *',
);
const WEB_ADDRESS = matching(/^https?:\/\/[^\s/]+\S*$/, 'an address, such as https://example.com/reports');
const HOST = matching(/^[A-Za-z0-9.:_-]+$/, 'an address of this machine, such as 127.0.0.1 or 0.0.0.0');
// Of a key, not of one version of it.
const KMS_KEY = matching(
  /^projects\/[^/\s]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/,
  'projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY',
);
const LANGUAGE = matching(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'a language tag, such as en or pt-BR');

/**
 * The one table of settings. A row says which group the setting belongs to, what its values are, its default, its
 * flags, and whether a settings file that may have come with the media may give it. Everything else derives from here:
 * the type `Settings`, the checks of files, variables (`stallTimeout` is MEDIACTL_STALL_TIMEOUT) and flags
 * (--stall-timeout), and the help. To add a setting, add a row, and name it in cli/options.ts where its flag belongs.
 * --print-config keeps this order.
 */
export const SETTINGS = {
  /** Name of a built-in ladder, or path of a ladder file. */
  ladder: setting(
    'title',
    text('the name of a ladder or the path of a ladder file', isLadderFile),
    'vod',
    flag('-l, --ladder <name|file>', 'sizes, bit rates and segment length (default: vod; see mediactl ladders)'),
  ),
  /** Folder of the title; null: beside the working directory, named after the input. */
  output: optional(
    'output',
    text('a folder', always),
    flag('-o, --output <dir>', 'folder of the title; may contain {dir} and {name} of INPUT (default: ./INPUTNAME)'),
  ),
  /** INPUT may be an address on the web. */
  allowHttp: trustedOnly(
    'whether sources are read from the web',
    setting('access', BOOLEAN, false, flag('--allow-http', 'INPUT may be https://… or http://…')),
  ),
  /** Whether a remote INPUT is copied into the working folder: whole before the encode, as it is read, or never. */
  fetch: setting(
    'work',
    choice(['auto', 'always', 'never']),
    'auto',
    flag(
      '--fetch <when>',
      'copy it to disk: always (whole, before encoding), auto (as it is read, if needed again) or never (default: auto)',
    ),
  ),
  /** gs://bucket/prefix or a folder; excludes `output`. */
  to: trustedOnly(
    'which bucket gets a title',
    optional(
      'output',
      text('gs://bucket/path/of/the/title, or a folder', isNoUrl),
      flag('--to <dest>', 'gs://bucket/path of the title, uploaded while encoding; or a folder'),
    ),
  ),
  /** Another address of the Cloud Storage API; null: Google's, or STORAGE_EMULATOR_HOST. */
  endpoint: trustedOnly(
    CREDENTIALS,
    optional(
      'access',
      text('an address, such as https://storage.googleapis.com'),
      flag('--endpoint <url>', "address of the API (default: Google's)"),
    ),
  ),
  /** Key file of a service account; null: whatever credentials Google's tools find by themselves. */
  keyFile: trustedOnly(
    CREDENTIALS,
    optional(
      'access',
      text("a service account's key file", always),
      flag('--key-file <file>', 'key of a service account (default: the credentials of gcloud or the machine)'),
    ),
  ),
  /** Service account to act as. */
  impersonate: trustedOnly(
    CREDENTIALS,
    optional(
      'access',
      text('the e-mail address of a service account'),
      flag('--impersonate <email>', 'act as this service account'),
    ),
  ),
  /** Ask the bucket without credentials. */
  anonymous: setting('access', BOOLEAN, false, flag('--anonymous', 'send no credentials')),
  /** Project that pays for requests, where the bucket's owner does not. */
  userProject: optional(
    'access',
    text('the name of a project'),
    flag('--user-project <id>', 'project that pays for requests'),
  ),
  /** Storage class of new objects; null: the bucket's. https://cloud.google.com/storage/docs/storage-classes */
  storageClass: optional(
    'objects',
    choiceOfCapitals(['STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE']),
    flag('--storage-class <name>', "class of new objects: standard, nearline, … (default: the bucket's)"),
  ),
  /** Resource name of the Cloud KMS key for new objects; null: the bucket's. */
  kmsKey: trustedOnly(
    'the key that a title is encrypted with',
    optional(
      'objects',
      KMS_KEY,
      flag('--kms-key <name>', 'encrypt new objects with this Cloud KMS key: projects/…/cryptoKeys/…'),
    ),
  ),
  /**
   * Predefined ACL of new objects, as the JSON API writes it; null: the bucket's.
   * https://cloud.google.com/storage/docs/access-control/lists#predefined-acl
   */
  acl: trustedOnly(
    'who may read a title',
    optional(
      'objects',
      choice([
        'private',
        'publicRead',
        'projectPrivate',
        'authenticatedRead',
        'bucketOwnerRead',
        'bucketOwnerFullControl',
      ]),
      flag('--acl <name>', 'who may read new objects: private, publicRead, … (not with uniform access)'),
    ),
  ),
  /** Custom metadata of every object. */
  metadata: setting(
    'objects',
    { type: 'metadata' },
    {},
    flag('--metadata <key=value>', 'custom metadata of every object; may be repeated'),
  ),
  /** Exceptions from the headers that objects get by their class. Files and variables give them; there is no flag. */
  headers: setting('objects', { type: 'header-rules' }, []),
  /** Requests to the bucket at once. */
  uploadJobs: setting(
    'access',
    whole(1, 256, 'requests at once'),
    64,
    flag('--upload-jobs <n>', 'simultaneous requests (default: 64)'),
  ),
  /** Bytes a second that all uploads together may take; null: no limit. */
  bwlimit: optional(
    'access',
    { type: 'rate' },
    flag('--bwlimit <rate>', 'upload at most this many bytes a second, e.g. 10M for 10 MiB/s; or off'),
  ),
  /** Bytes of segments on disk that are being made or wait for their upload; beyond it the encoder waits. */
  maxStaging: setting(
    'work',
    { type: 'size' },
    2 * 1024 ** 3,
    flag('--max-staging <size>', 'pause encoding while more than this waits for upload on disk (default: 2G)'),
  ),
  /** Older versions of a title whose files stay; null: 1 in a bucket, none in a folder. */
  keepVersions: optional(
    'objects',
    whole(0, 100, 'older versions'),
    flag('--keep-versions <n>', 'keep the files of this many older versions (default: 1 in a bucket, else 0)'),
  ),
  /** Origins of the pages whose players may read a bucket, "*" for all. */
  corsOrigins: setting(
    'objects',
    list(ORIGIN, 'origins, such as https://www.example.com, or *'),
    ['*'],
    flag('--cors-origins <list>', 'origins of web pages with a player, e.g. https://www.example.com (default: *)'),
  ),
  /** Days after which leftovers in a bucket are removed by a lifecycle rule; 0: no such rule. */
  tmpDays: setting(
    'objects',
    whole(0, 36_500, 'days; 0: no such rule'),
    7,
    flag('--tmp-days <n>', 'remove leftovers after this many days; 0: no such rule (default: 7)'),
  ),
  /** Days after which titles in a bucket go to `coldClass` by a lifecycle rule; 0: no such rule. */
  coldDays: setting(
    'objects',
    whole(0, 36_500, 'days; 0: no such rule'),
    30,
    flag('--cold-days <n>', 'move titles to a colder class after this many days; 0: no such rule (default: 30)'),
  ),
  /** A storage class for what is seldom read. */
  coldClass: setting(
    'objects',
    choiceOfCapitals(['NEARLINE', 'COLDLINE', 'ARCHIVE']),
    'NEARLINE',
    flag('--cold-class <name>', 'the colder class: nearline, coldline or archive (default: nearline)'),
  ),
  /** Where the list of the uploaded objects is written as JSON; false: nowhere; null: beside the folder. */
  receipt: optional(
    'output',
    { type: 'file-or-none' },
    flag('--receipt <file>', 'file that lists all objects with their checksums (default: NAME.receipt.json)'),
    flag('--no-receipt', 'write no receipt'),
  ),
  /** Encoders side by side; null: all rungs at once. */
  jobs: optional(
    'work',
    whole(1, 64, 'encoders side by side'),
    flag('-j, --jobs <n>', 'encode at most this many rungs at once (default: all)'),
  ),
  /** Names of the rungs to make; null: all that fit. */
  only: optional(
    'title',
    list(text('a rung name'), 'rung names, such as 720p,1080p'),
    flag('--only <names>', 'make only these rungs of the ladder, e.g. 720p,480p'),
  ),
  /** The encoder's speed; null: as the ladder says. */
  encoderPreset: optional(
    'title',
    choice(ANY_SPEED),
    flag('--encoder-preset <name>', 'speed or small size: ultrafast … medium … placebo (default: from the ladder)'),
  ),
  /** Null: as the ladder says. */
  rateControl: optional(
    'title',
    choice(['crf', 'abr']),
    flag('--rate-control <mode>', 'crf: even quality below a cap; abr: predictable size (default: from the ladder)'),
  ),
  /** Constant quality; null: as the ladder says. */
  crf: optional(
    'title',
    between(ANY_QUALITY.least, ANY_QUALITY.most, 'lower is better'),
    flag('--crf <n>', 'quality for crf: 18 is near perfect, 28 is small (default: from the ladder)'),
  ),
  /** BCP 47 tags of the audio tracks to keep; null: all. */
  audioLang: optional(
    'title',
    list(LANGUAGE, 'language tags, such as en,pt-BR'),
    flag('--audio-lang <tags>', 'keep only audio in these languages, e.g. en,fr'),
  ),
  /** Where the part of the title that is made begins, seconds; null: at its start. */
  start: optional(
    'title',
    { type: 'time' },
    flag('--start <time>', 'start the title here: seconds or h:mm:ss.fff, exact to the frame'),
  ),
  /** Where it ends, seconds from the start of the whole title; null: at its end. */
  end: optional(
    'title',
    { type: 'time' },
    flag('--end <time>', 'end the title here, also counted from the start of the source'),
  ),
  /** Tracks that become renditions, by FFmpeg's indices, as `probe` shows them; null: the plan picks them. */
  audioTracks: optional(
    'title',
    list(
      matching(
        /^\d+(?:\+\d+)?(?::[A-Za-z0-9_-]*(?::.+)?)?$/,
        'a track, or left+right, with language and name, such as 1+2:en',
      ),
      'tracks by the numbers of "mediactl probe", such as 1+2:en,3:fr:Director',
    ),
    flag(
      '--audio-tracks <list>',
      'audio tracks by the numbers that probe shows, e.g. 1+2:en,3:fr:Name (1+2: left and right)',
    ),
  ),
  /** BCP 47 tag of the default rendition of the sound; null: the file's default. */
  defaultAudioLang: optional(
    'title',
    LANGUAGE,
    flag('--default-audio-lang <tag>', 'language that plays unless the viewer chooses one (default: as in the file)'),
  ),
  /**
   * What players get: HLS playlists over MPEG-TS, HLS and DASH over fragmented MP4 (CMAF), or both from one encode. Null: the
   * first, or the second where it is to be encrypted.
   */
  format: optional(
    'title',
    choice(['hls', 'cmaf', 'hls,cmaf']),
    flag(
      '--format <form>',
      'hls (MPEG-TS), cmaf (fMP4: HLS and DASH), or hls,cmaf for both (default: hls; with --drm: cmaf)',
    ),
  ),
  /** How segments are encrypted; null: not at all. */
  drm: optional(
    'title',
    choice(['cbcs', 'cenc']),
    flag('--drm <scheme>', 'encrypt with the keys of --keys: cbcs (Apple and all current devices) or cenc'),
  ),
  /** Which labels of keys count; null: the narrowest that there is for each rendition. */
  drmKeys: optional(
    'title',
    choice(['per-title', 'per-type', 'per-rung']),
    flag('--drm-keys <how>', 'one key per-title, per-type (sd, hd, uhd, audio) or per-rung (default: as labelled)'),
  ),
  /** Whom the title tells how to get keys. */
  drmSystems: setting(
    'title',
    list(
      matching(/^(widevine|playready|fairplay|clearkey)$/, 'widevine, playready, fairplay or clearkey'),
      'widevine, playready, fairplay and clearkey, with commas',
    ),
    ['widevine', 'playready', 'fairplay', 'clearkey'],
    flag('--drm-systems <list>', 'what is signalled: widevine,playready,fairplay,clearkey (default: all)'),
  ),
  /** Where players of ClearKey ask for keys, as DASH manifests say it. */
  licenseUrl: trustedOnly(
    'where players ask for keys',
    optional('title', WEB_ADDRESS, flag('--license-url <url>', 'licence server for ClearKey, named in its manifest')),
  ),
  /** A file of keys, see docs/drm.md. */
  keys: trustedOnly(
    'the keys that a title is encrypted with',
    optional(
      'access',
      text('a file of keys', always),
      flag('--keys <file>', 'file of the keys, which only you may read'),
    ),
  ),
  /** Which pictures are deinterlaced, and which field comes first: see stages/plan/deinterlacing. */
  deinterlace: setting(
    'title',
    choice(['auto', 'on', 'off', 'tff', 'bff']),
    'auto',
    flag('--deinterlace <mode>', 'auto, on, off, or tff or bff: all frames, with that field first (default: auto)'),
  ),
  /** The source's video is not encoded for the top rung, where it fits as it is: see stages/plan/copy-top. */
  copyTop: setting(
    'title',
    BOOLEAN,
    false,
    flag('--copy-top', 'copy the video as the top rung where it fits as it is (plan says whether, and why not)'),
  ),
  /** How the pictures are decoded for the rungs (see Schedule). */
  decode: setting(
    'work',
    choice(['auto', 'shared', 'per-rung', 'single-process']),
    'auto',
    flag('--decode <mode>', 'share decoders between rungs: auto, shared, per-rung or single-process (default: auto)'),
  ),
  /** FFmpeg without progress for this many seconds is killed. */
  stallTimeout: setting(
    'work',
    between(1, 86_400, 'seconds'),
    120,
    flag('--stall-timeout <seconds>', 'stop FFmpeg when it makes no progress for this long (default: 120)'),
  ),
  /** Niceness of the child processes; null: as mediactl's own. */
  nice: optional('work', whole(0, 19, 'niceness'), flag('--nice <n>', 'run with lower priority, 0 to 19')),
  /** Warnings about lost media become an error. */
  strict: setting('title', BOOLEAN, false, flag('--strict', 'fail when any part of the source is lost')),
  /** Continue from what an interrupted run left. */
  resume: setting(
    'work',
    BOOLEAN,
    true,
    flag('--resume', 'resume an interrupted run (default)', 'fresh'),
    flag('--fresh', 'discard the work of an interrupted run and start over', 'resume'),
  ),
  /** Encode although the title is there and unchanged, was made from another source, or is somebody else's. */
  force: trustedOnly(
    'whether whatever is in the way is replaced',
    setting(
      'work',
      BOOLEAN,
      false,
      flag('--force', 'encode even if the title is up to date; replace whatever is in the way'),
    ),
  ),
  /** A title that was made from another source may be replaced. */
  replace: trustedOnly(
    'whether a title made from another source is replaced',
    setting('work', BOOLEAN, false, flag('--replace', 'replace a title that was made from another source')),
  ),
  /** Keep the staging folder of an interrupted run. */
  keep: setting(
    'work',
    BOOLEAN,
    true,
    flag('--no-keep', 'when interrupted, delete the unfinished work'),
    flag('--keep', null),
  ),
  /** Address of this machine that the player's page is served at. */
  host: trustedOnly(
    'who can see a title',
    setting(
      'play',
      HOST,
      '127.0.0.1',
      flag('--host <address>', 'serve at this address; 0.0.0.0 lets other machines see the title (default: 127.0.0.1)'),
    ),
  ),
  /** Null: the usual one, or any other while that is taken. */
  port: optional(
    'play',
    whole(0, 65_535, 'the number of a port; 0: any that is free'),
    flag('--port <n>', 'serve at this port; 0: any that is free (default: 8123, or any)'),
  ),
  /** How fast the server sends media, kilobits a second; null: as fast as it goes. */
  throttle: optional(
    'play',
    whole(1, 10_000_000, 'kilobits a second'),
    flag('--throttle <kbit/s>', 'send the title this slowly, to see the ladder work; the page can change it'),
  ),
  /** Show the page in the user's browser. */
  open: setting(
    'play',
    BOOLEAN,
    true,
    flag('--no-open', 'open no browser; the address is printed in any case'),
    flag('--open', null),
  ),
  /** Origin of another page whose player may read the title from this server. */
  allowOrigin: trustedOnly(
    'who can see a title',
    optional(
      'play',
      ORIGIN,
      flag('--allow-origin <origin>', 'let the player of another page read the title, too (CORS)'),
    ),
  ),
  /** Where what the player reports is posted to. */
  beacon: trustedOnly(
    'where reports of playback go',
    optional(
      'play',
      WEB_ADDRESS,
      flag('--beacon <url>', 'post what the player reports to this address, in batches of JSON'),
    ),
  ),
  /** PEM file with the certificate that a service shows, and those above it; null: plain HTTP. */
  tlsCert: trustedOnly(
    'who can listen in',
    optional('service', text('a file', always), flag('--tls-cert <file>', 'serve HTTPS with this certificate (PEM)')),
  ),
  /** PEM file with its private key. */
  tlsKey: trustedOnly(
    'who can listen in',
    optional('service', text('a file', always), flag('--tls-key <file>', 'its private key (PEM)')),
  ),
  /** A service may answer other machines without TLS. */
  insecure: trustedOnly(
    'who can listen in',
    setting(
      'service',
      BOOLEAN,
      false,
      flag('--insecure', 'serve plain HTTP to other machines; what is sent can be read and changed on the way'),
    ),
  ),
  /** Requests a minute of one address; null: as the service says. */
  rateLimit: optional(
    'service',
    whole(1, 1_000_000, 'requests a minute'),
    flag('--rate-limit <n>', 'answer at most this many requests a minute of one address (default: 600)'),
  ),
  /** A proxy of the user's own stands before a service, and adds who asks to X-Forwarded-For. */
  forwarded: trustedOnly(
    'whose word is taken for who asks',
    setting(
      'service',
      BOOLEAN,
      false,
      flag('--forwarded', 'a proxy of yours is in front: take who asks from its X-Forwarded-For'),
    ),
  ),
  /** /metrics is answered to other machines, too. */
  openMetrics: trustedOnly(
    'who can see how much a service is used',
    setting(
      'service',
      BOOLEAN,
      false,
      flag('--open-metrics', 'answer /metrics to other machines, too (default: to this one only)'),
    ),
  ),
  /** Whom a licence server believes: "jwt:" and a file with a key for tokens. */
  auth: trustedOnly(
    'who gets the keys of titles',
    optional(
      'service',
      matching(/^jwt:[^\0]+$/, 'jwt:FILE, a secret or a public key'),
      flag('--auth <jwt:file>', 'key that tokens are signed with: a secret (HS256), PEM or JWK (ES256, EdDSA)'),
    ),
  ),
  /** Requests a minute with one token. */
  tokenRate: setting(
    'service',
    whole(1, 1_000_000, 'requests a minute'),
    60,
    flag('--token-rate <n>', 'answer at most this many requests a minute with one token (default: 60)'),
  ),
  /** Folder of a licence server's log, and of what it counts. */
  records: trustedOnly(
    'what is kept of viewers',
    setting(
      'service',
      text('a folder', always),
      'licences',
      flag('--records <dir>', 'folder of the log, and of devices and streams (default: ./licences)'),
    ),
  ),
  /** What is collected keeps the addresses of viewers as they are. */
  keepAddresses: trustedOnly(
    'whether viewers can be recognised',
    setting(
      'service',
      BOOLEAN,
      false,
      flag('--keep-addresses', 'keep the addresses of viewers (default: a name for each that is new every day)'),
    ),
  ),
  /** Bytes after which what is collected goes to a new file. */
  rotateAt: setting(
    'service',
    { type: 'size' },
    64 * 1024 ** 2,
    flag('--rotate-at <size>', 'begin a new file each day, and after this much (default: 64M)'),
  ),
  /** NDJSON on stdout, or one JSON document. */
  json: setting('output', BOOLEAN, false, flag('--json', 'JSON on stdout')),
  quiet: setting('output', BOOLEAN, false, flag('-q, --quiet', 'print only errors')),
  verbose: setting('output', BOOLEAN, false, flag('-v, --verbose', 'show the commands that are run')),
  /** Null: colour where the terminal shows it (NO_COLOR, FORCE_COLOR). */
  color: optional('output', BOOLEAN, flag('--no-color', 'no colours (like NO_COLOR=1)'), flag('--color', null)),
  /** Program name, or path. */
  ffmpeg: trustedOnly(
    PROGRAMS,
    setting(
      'work',
      text('a program name or path', hasFolder),
      'ffmpeg',
      flag('--ffmpeg <path>', 'the ffmpeg program (default: the one in PATH)'),
    ),
  ),
  /** Program name, or path. */
  ffprobe: trustedOnly(
    PROGRAMS,
    setting(
      'work',
      text('a program name or path', hasFolder),
      'ffprobe',
      flag('--ffprobe <path>', 'the ffprobe program (default: the one in PATH)'),
    ),
  ),
  /** Program name, or path; null: the one that npm brought, or the one on the PATH. */
  packager: trustedOnly(
    PROGRAMS,
    optional(
      'work',
      text('a program name or path', hasFolder),
      flag('--packager <path>', 'the Shaka Packager for --drm (default: the one of npm, or in PATH)'),
    ),
  ),
} as const;
