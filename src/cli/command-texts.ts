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
      shown(`for f in *.mp4; do mediactl encode "$f" -o "titles/\${f%.*}"; done`, 'every file of a folder'),
      shown(
        'mediactl ladders vod --json > my.json; mediactl encode movie.mp4 --ladder my.json',
        'a ladder of your own: change my.json in between',
      ),
      shown(`mediactl encode movie.mp4 --json | jq -r 'select(.type == "result").playlist'`),
    ],
    notes: [
      'A title appears in its folder only when it is complete; until then an older one stays playable. Run the same ' +
        'command again after an interruption: finished chunks (12 or 30 s of each rendition) are kept. A finished, ' +
        'unchanged title is left as it is. The flags for credentials also apply to an INPUT in a bucket.',
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 129, 130, 131, 141, 143],
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
      'Segments go first, then media playlists, then the files that players open; each only after everything it refers ' +
        'to is confirmed. Objects that are already right are not sent again. A title that mediactl made replaces an ' +
        'older version of itself; from any other tree nothing is removed. MEDIACTL_ACCESS_TOKEN may hold an access token.',
      'DIR.receipt.json lists what was uploaded; --check lists the bucket and compares: the exit code is 0 when all ' +
        'objects are as the receipt says, else 8.',
    ],
    exits: [0, 1, 2, 3, 6, 7, 8, 10, 129, 130, 131, 141, 143],
  },
  ls: {
    examples: [
      shown('mediactl ls gs://bucket/titles'),
      shown(`mediactl ls gs://bucket/titles --json | jq -r '.titles[] | select(.state != "complete").location'`),
      shown('mediactl ls .'),
      shown('mediactl ls ./titles --check'),
    ],
    notes: [
      'A title is a folder with a mediactl.json. Its objects are compared with that record, and those that are missing or ' +
        'were changed are counted. Objects in a bucket are compared by size and checksum, files in a folder by size; ' +
        'with --check files are read and compared by checksum, too.',
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
      'This shows what it would remove, and asks. It removes only what the record of a title lists, older versions ' +
        'included: first the files that players open, last the record, so that the same command continues after an ' +
        'interruption. Files that were changed since, and files that mediactl did not make, stay.',
    ],
    exits: [0, 1, 2, 3, 6, 7, 10, ...STOPPED],
  },
  plan: {
    examples: [
      shown('mediactl plan movie.mp4'),
      shown('mediactl plan movie.mp4 --ladder vod-4k --json | jq .plan.renditions'),
    ],
    notes: [
      'This takes all flags of encode, and does what `mediactl encode --dry-run` does: it probes the source and looks at ' +
        'the destination, then prints every decision with its reason, and with --commands what would run. It writes ' +
        'nothing. The exit code is the one that encode would give, as far as that can be seen: 6 when the destination is ' +
        'refused, 7 when another run holds it.',
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
      shown('mediactl ladders vod --json > my.json', 'a start for your own: encode --ladder my.json'),
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
      'With DEST, it writes, reads, changes and removes a small object below DEST, and looks at how that object is ' +
        'served and at the settings of the bucket. Each problem comes with the command that solves it. The exit code is ' +
        '0 when titles can be published there, else that of the first problem. --fix adds what is missing to CORS and ' +
        'lifecycle rules, and removes nothing.',
    ],
    exits: [0, 1, 2, 4, 8, 10, ...STOPPED],
  },
  completion: {
    examples: [
      shown('source <(mediactl completion bash)', 'bash, zsh: now; as a line of ~/.bashrc or ~/.zshrc, always'),
      shown('mediactl completion fish > ~/.config/fish/completions/mediactl.fish'),
    ],
    notes: ['It completes commands, flags, their values and files. The manual page is mediactl(1).'],
    exits: [0, 1, 2, ...STOPPED],
  },
};

function shown(term: string, text = ''): Entry {
  return { term, text };
}
