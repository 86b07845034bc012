import type { COMMANDS } from './help-text.js';
import type { Entry } from './help-writer.js';

/** What the help of a command says beside its flags. */
export interface CommandText {
  readonly examples: readonly Entry[];
  readonly notes: readonly string[];
  /** The exit codes it can give. */
  readonly exits: readonly number[];
}

const STOPPED = [129, 130, 131, 143];

export const COMMAND_TEXTS: Readonly<Record<keyof typeof COMMANDS, CommandText>> = {
  encode: {
    examples: [
      shown('mediactl encode movie.mp4'),
      shown('mediactl encode movie.mp4 --ladder long-form -o titles/movie'),
      shown('mediactl encode movie.mkv --audio-lang en,fr --only 1080p,720p,480p'),
      shown('mediactl encode movie.mp4 --to gs://bucket/titles/movie'),
      shown('mediactl encode gs://archive/movie.mov --to gs://bucket/titles/movie'),
      shown('mediactl encode movie.mp4 --encoder-preset veryfast --nice 10'),
      shown(`for f in *.mp4; do mediactl encode "$f" -o "titles/\${f%.*}"; done`, 'every file in a folder'),
      shown(
        'mediactl ladders vod --json > my.json; mediactl encode movie.mp4 --ladder my.json',
        'your own ladder: edit my.json in between',
      ),
      shown(`mediactl encode movie.mp4 --json | jq -r 'select(.type == "result").playlist'`),
    ],
    notes: [
      'A title appears in its folder only when it is complete; until then an older one stays playable. After an ' +
        'interruption, run the same command again: finished chunks (12 or 30 s of each rendition) are kept. A title ' +
        'that is up to date is left alone. The bucket access flags also apply to an INPUT in a bucket.',
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 129, 130, 131, 141, 143],
  },
  package: {
    examples: [
      shown('mediactl package movie -o movie-cmaf'),
      shown('mediactl package movie -o both --format hls,cmaf', 'one folder for players of both'),
      shown('mediactl package gs://bucket/titles/movie --to gs://bucket/titles/movie-cmaf'),
    ],
    notes: [
      'TITLE is what encode has made, in a folder or a bucket. Its streams are copied frame by frame, and so in seconds; what it ' +
        'has in a form already is taken as it is. Every segment is compared with the checksum that was noted when it was ' +
        'made; what is damaged, missing or does not fit is refused, with its name. The new title says of which it was made. ' +
        'After an interruption, run the same command again.',
    ],
    exits: [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 129, 130, 131, 141, 143],
  },
  upload: {
    examples: [
      shown('mediactl upload movie gs://bucket/titles/movie'),
      shown('mediactl upload dash-made-elsewhere gs://bucket/titles/other --receipt other.json'),
      shown('mediactl upload movie gs://bucket/titles/movie --dry-run'),
      shown('mediactl upload --check movie.receipt.json'),
      shown('mediactl upload movie --check movie.receipt.json --repair'),
    ],
    notes: [
      'Segments are sent first, then media playlists, then the files that players open, each only after everything it ' +
        'refers to has been confirmed. Objects that are already correct are not sent again. A title made by mediactl ' +
        'replaces its older version; uploading any other folder removes nothing. MEDIACTL_ACCESS_TOKEN may hold an access token.',
      'DIR.receipt.json lists what was uploaded. --check compares the bucket with it: the exit code is 0 when every ' +
        'object matches, and 8 otherwise.',
    ],
    exits: [0, 1, 2, 3, 6, 7, 8, 10, 129, 130, 131, 141, 143],
  },
  play: {
    examples: [
      shown('mediactl play movie'),
      shown('mediactl play gs://bucket/titles/movie', 'from a private bucket, with your credentials'),
      shown('mediactl play https://example.com/movie/manifest.mpd'),
      shown('mediactl play movie --throttle 1500', 'see the ladder work on a line of 1.5 Mb/s'),
      shown('mediactl play --export player.html --src https://example.com/movie/master.m3u8'),
      shown(`mediactl play movie --json | jq -c 'select(.event == "stall")'`),
    ],
    notes: [
      'TITLE is a folder, an HLS playlist or a DASH manifest; here, in a bucket or on the web. HLS plays by hls.js, DASH ' +
        'by Shaka Player. The page and the title are served to this machine only, unless --host says otherwise. What ' +
        'the player reports is printed: start, changes of quality, low buffer, stalls, errors.',
      'A title on the web is read by the browser itself, and so only when its server allows that (CORS); one in a bucket ' +
        'is read through mediactl.',
    ],
    exits: [0, 1, 2, 3, 6, 10, ...STOPPED],
  },
  ls: {
    examples: [
      shown('mediactl ls gs://bucket/titles'),
      shown(`mediactl ls gs://bucket/titles --json | jq -r '.titles[] | select(.state != "complete").location'`),
      shown('mediactl ls .'),
      shown('mediactl ls ./titles --check'),
    ],
    notes: [
      'A title is a folder with a record, mediactl.json. Files that are missing or differ from the record are counted. ' +
        'Objects in a bucket are compared by size and checksum, files in a folder by size; --check also reads the ' +
        'files and compares their checksums.',
    ],
    exits: [0, 1, 2, 3, 6, 10, ...STOPPED],
  },
  rm: {
    examples: [
      shown('mediactl rm gs://bucket/titles/movie'),
      shown('mediactl rm gs://bucket/titles/movie --dry-run'),
      shown('mediactl rm gs://bucket/titles --recursive --yes'),
    ],
    notes: [
      'rm shows what it would remove, and asks. It removes only what the record of a title lists, including older ' +
        'versions: first the files that players open, last the record, so that the same command can continue after ' +
        'an interruption. Files that have changed since, and files that mediactl did not make, are kept.',
    ],
    exits: [0, 1, 2, 3, 6, 7, 10, ...STOPPED],
  },
  plan: {
    examples: [
      shown('mediactl plan movie.mp4'),
      shown('mediactl plan movie.mp4 --ladder vod-4k --json | jq .plan.renditions'),
    ],
    notes: [
      'plan takes all flags of encode and is the same as `mediactl encode --dry-run`: it probes the source, looks at ' +
        'the destination, and prints every decision with its reason; --commands adds the commands that encode would ' +
        'run. It writes nothing. The exit code is the one that encode would give, as far as can be told beforehand: ' +
        '6 when the destination is refused, 7 when another run is using it.',
    ],
    exits: [0, 1, 2, 3, 4, 6, 7, 9, 10, ...STOPPED],
  },
  probe: {
    examples: [
      shown('mediactl probe movie.mp4'),
      shown(`mediactl probe movie.mp4 --json | jq '.video[0].displaySize'`),
      shown('mediactl probe gs://archive/movie.mov'),
    ],
    notes: [],
    exits: [0, 1, 2, 3, 4, 6, 10, ...STOPPED],
  },
  ladders: {
    examples: [
      shown('mediactl ladders', 'the built-in ladders'),
      shown('mediactl ladders vod', 'one of them'),
      shown('mediactl ladders vod --json > my.json', 'a starting point for your own: encode --ladder my.json'),
      shown('mediactl ladders --schema > ladder.schema.json'),
    ],
    notes: [],
    exits: [0, 1, 2, ...STOPPED],
  },
  doctor: {
    examples: [
      shown('mediactl doctor'),
      shown('mediactl doctor gs://bucket/titles'),
      shown('mediactl doctor gs://bucket/titles --fix --cors-origins https://www.example.com'),
      shown(`mediactl doctor gs://bucket/titles --json | jq '.findings[] | select(.state != "ok")'`),
    ],
    notes: [
      'Without DEST, the exit code is 0 when encode can run, and 4 when a tool is missing or too old.',
      'With DEST, doctor writes, reads, changes and removes a small object below DEST, and looks at how that object ' +
        'is served and how the bucket is configured. Each problem comes with the command that solves it. The exit ' +
        'code is 0 when titles can be published there, otherwise that of the first problem. --fix adds CORS and ' +
        'lifecycle rules that are missing, and removes none.',
    ],
    exits: [0, 1, 2, 4, 8, 10, ...STOPPED],
  },
  'beacon serve': {
    examples: [
      shown('mediactl beacon serve reports'),
      shown(
        'mediactl play --export player.html --src https://example.com/movie/master.m3u8 --beacon https://example.com:8124/reports',
        'a page whose viewers report there',
      ),
      shown('mediactl beacon serve reports --host 0.0.0.0 --tls-cert fullchain.pem --tls-key key.pem'),
    ],
    notes: [
      'Takes what the pages of `play --export` and `play --beacon` report: POST to /reports. Each report is checked, and ' +
        'kept as a line of JSON in a file of DIR that only you can read. No cookies; addresses of viewers are not kept ' +
        'unless --keep-addresses says so. /healthz says whether it serves, /metrics counts for Prometheus. Ctrl-C or ' +
        'SIGTERM ends it once requests under way are answered.',
    ],
    exits: [0, 1, 2, 6, ...STOPPED],
  },
  'beacon report': {
    examples: [
      shown('mediactl beacon report reports'),
      shown('mediactl beacon report reports --by title --since 7d'),
      shown(`mediactl beacon report reports --json | jq -r '.rows[] | select(.stalls > 10).title'`),
    ],
    notes: [
      'Reads the files that `beacon serve` has written, also while it writes. Hours and days are UTC, as reports came. A ' +
        'report that came twice counts once.',
    ],
    exits: [0, 1, 2, 3, ...STOPPED],
  },
  'license serve': {
    examples: [
      shown('(umask 077; openssl rand -hex 32 > token.secret)', 'a secret for tokens, once'),
      shown('mediactl license serve --keys movie.keys.json --auth jwt:token.secret'),
      shown(
        'mediactl license serve --keys keys --auth jwt:issuer.pub.pem --host 0.0.0.0 --tls-cert fullchain.pem --tls-key key.pem',
        'keys of all titles, tokens of your own service',
      ),
    ],
    notes: [
      'Answers ClearKey requests (POST to /license) that bear a token (Authorization: Bearer, a JWT) with the keys that it ' +
        'gives a right to, and refusals with a reason that the viewer can read. ClearKey hands keys to the browser in the ' +
        'clear: it keeps out those without a token, and not those who have one. docs/licence-server.md says what tokens may ' +
        'hold. --records keeps a log of what was given and refused, without keys.',
    ],
    exits: [0, 1, 2, 3, 6, 7, ...STOPPED],
  },
  'license token': {
    examples: [
      shown('mediactl license token --auth jwt:token.secret --title movie --sub viewer-7 --expires 2h'),
      shown('mediactl license token --auth jwt:token.secret --title movie --policy rental --sub viewer-7 --devices 3'),
      shown('mediactl license token --explain --auth jwt:token.secret < token.txt'),
    ],
    notes: ['Whoever has a token has its rights: keep it out of logs and of command lines.'],
    exits: [0, 1, 2, 3, 8, ...STOPPED],
  },
  'license check': {
    examples: [
      shown(
        'MEDIACTL_LICENSE_TOKEN=$(cat token.txt) mediactl license check https://example.com:8125/license --kids 0123…cdef',
      ),
      shown(
        'mediactl license token … | mediactl license check http://127.0.0.1:8125/license --token - --kids 0123…cdef',
      ),
    ],
    notes: [
      'Sends what a player would send, from a page elsewhere, and says what came back: keys by their KIDs, the reason of a ' +
        'refusal, whether pages may ask (CORS). It shows no keys. The exit code is 0 when all KIDs were answered, else 8.',
    ],
    exits: [0, 1, 2, 3, 8, 10, ...STOPPED],
  },
  completion: {
    examples: [
      shown(
        'source <(mediactl completion bash)',
        'bash or zsh, for this shell; add the line to ~/.bashrc or ~/.zshrc for every shell',
      ),
      shown('mediactl completion fish > ~/.config/fish/completions/mediactl.fish'),
    ],
    notes: ['The script completes commands, flags, their values and file names. The manual page is mediactl(1).'],
    exits: [0, 1, 2, ...STOPPED],
  },
};

function shown(term: string, text = ''): Entry {
  return { term, text };
}
