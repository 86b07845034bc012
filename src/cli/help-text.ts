/** The last part of every help. */
const EXIT_CODES_TEXT = `
Exit codes:
  0  done           1  a bug            2  usage or settings   3  the input
  4  ffmpeg         5  encoding         6  output or disk      7  output is busy
  8  failed check   9  lost media (--strict)
  10 the bucket, or the network
  129, 130, 141, 143  hung up, Ctrl-C, stdout closed, asked to end`;

/** The commands, in the order a reader wants them. */
export const COMMANDS = {
  encode: { usage: 'INPUT', does: 'Turn INPUT into a folder with a master.m3u8 that plays everywhere.' },
  upload: { usage: 'DIR DEST', does: 'Upload a folder to gs://bucket/path, and confirm every object.' },
  ls: { usage: 'WHERE', does: 'List the titles below a gs://bucket/path, or a folder.' },
  rm: { usage: 'WHERE', does: 'Remove a title from gs://bucket/path, or a folder.' },
  plan: { usage: 'INPUT', does: 'Show what encode would do with INPUT, and why.' },
  probe: { usage: 'INPUT', does: 'Show what INPUT contains.' },
  ladders: { usage: '[NAME]', does: 'Show the ladders (sizes and bit rates), or one of them.' },
  doctor: { usage: '[DEST]', does: 'Check whether this machine, or gs://bucket/path, is ready.' },
} as const;

/** The text of `mediactl --help`. It is written by hand, because it is asked for most and must appear at once. */
export function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { usage, does }]) => `  ${`${name} ${usage}`.padEnd(15)} ${does}`);
  return `Usage: mediactl COMMAND [INPUT] [flags]

Turns a video file into an HLS title: one playlist, several sizes, any player.

Commands:
${rows.join('\n')}

Flags:
  -h, --help      Show this help; mediactl COMMAND --help has the command's flags.
  -V, --version   Show the version.

Examples:
  $ mediactl encode movie.mp4               an HLS title in ./movie
  $ mediactl plan movie.mp4                 what encode would do; writes nothing
  $ mediactl probe movie.mp4                what the file contains
  $ mediactl doctor                         can this machine encode?

Settings, each stronger than the one before: built in < settings file (package.json
"mediactl", .mediactlrc.json, mediactl.config.yaml, …; the nearest upwards, over
~/.config/mediactl/config.json) < MEDIACTL_* variables < flags. A setting is called
stallTimeout in a file, MEDIACTL_STALL_TIMEOUT as a variable, --stall-timeout as a
flag. \`mediactl encode --print-config\` shows each one and where it came from.
${EXIT_CODES_TEXT}
`;
}

export const ENCODE_TEXT = `
Examples:
  $ mediactl encode movie.mp4
  $ mediactl encode movie.mp4 --ladder long-form -o titles/movie
  $ mediactl encode movie.mkv --audio-lang en,fr --only 1080p,720p,480p
  $ mediactl encode movie.mp4 --to gs://bucket/titles/movie
  $ mediactl encode gs://archive/movie.mov --to gs://bucket/titles/movie
  $ mediactl encode movie.mp4 --encoder-preset veryfast --nice 10
  $ mediactl encode movie.mp4 --json | jq -r 'select(.type == "result").playlist'

A title appears in its folder only when it is complete; until then an older one stays
playable. Run the same command again after an interruption: finished chunks (12 or 30 s
of each rung) are kept. A finished, unchanged title is left as it is. The flags for
credentials above also apply to an INPUT in a bucket.
${EXIT_CODES_TEXT}`;

export const UPLOAD_TEXT = `
Examples:
  $ mediactl upload movie gs://bucket/titles/movie
  $ mediactl upload dash-made-elsewhere gs://bucket/titles/other --receipt other.json
  $ mediactl upload movie gs://bucket/titles/movie --dry-run
  $ mediactl upload --check movie.receipt.json
  $ mediactl upload movie --check movie.receipt.json --repair

Segments go first, then media playlists, then the files that players open; each only
after everything it refers to is confirmed. Objects that are already right are not sent
again. A title that mediactl made replaces an older version of itself; from any other
tree nothing is removed. MEDIACTL_ACCESS_TOKEN may hold an access token.
DIR.receipt.json lists what was uploaded; --check lists the bucket and compares: the
exit code is 0 when all objects are as the receipt says, else 8.
${EXIT_CODES_TEXT}`;

export const LS_TEXT = `
Examples:
  $ mediactl ls gs://bucket/titles
  $ mediactl ls gs://bucket/titles --json | jq -r '.titles[] | select(.state != "complete").location'
  $ mediactl ls .

A title is a folder with a mediactl.json. Its objects are compared with that record by
size and checksum, and those that are missing or were changed are counted.
${EXIT_CODES_TEXT}`;

export const RM_TEXT = `
Examples:
  $ mediactl rm gs://bucket/titles/movie
  $ mediactl rm gs://bucket/titles/movie --dry-run
  $ mediactl rm gs://bucket/titles --recursive --yes

This shows what it would remove, and asks. It removes only what the record of a title
lists, older versions included: first the files that players open, last the record, so
that the same command continues after an interruption. Files that were changed since,
and files that mediactl did not make, stay.
${EXIT_CODES_TEXT}`;

export const PLAN_TEXT = `
Examples:
  $ mediactl plan movie.mp4
  $ mediactl plan movie.mp4 --ladder vod-4k --json | jq .plan.renditions

This takes all flags of encode, and does what \`mediactl encode --dry-run\` does: it
probes the source, then prints every decision with its reason and the commands that
would run. It writes nothing.
${EXIT_CODES_TEXT}`;

export const PROBE_TEXT = `
Examples:
  $ mediactl probe movie.mp4
  $ mediactl probe movie.mp4 --json | jq '.video[0].displaySize'
  $ mediactl probe gs://archive/movie.mov
${EXIT_CODES_TEXT}`;

export const LADDERS_TEXT = `
Examples:
  $ mediactl ladders                        the built-in ladders
  $ mediactl ladders vod                    one of them
  $ mediactl ladders vod --json > my.json   a start for your own: mediactl encode --ladder my.json
  $ mediactl ladders --schema > ladder.schema.json
${EXIT_CODES_TEXT}`;

export const DOCTOR_TEXT = `
Examples:
  $ mediactl doctor
  $ mediactl doctor gs://bucket/titles
  $ mediactl doctor gs://bucket/titles --fix --cors-origins https://www.example.com
  $ mediactl doctor gs://bucket/titles --json | jq '.findings[] | select(.state != "ok")'

Without DEST, the exit code is 0 when encode can run, and 4 when a tool is missing or too
old.

With DEST, it writes, reads, changes and removes a small object below DEST, and looks at
how that object is served and at the settings of the bucket. Each problem comes with the
command that solves it. The exit code is 0 when titles can be published there, else that
of the first problem. --fix adds what is missing to CORS and lifecycle rules, and removes
nothing.
${EXIT_CODES_TEXT}`;
