/** The end of every help. */
const EXIT_CODES_TEXT = `
Exit codes:
  0  done           1  a bug            2  usage or settings   3  the input
  4  ffmpeg         5  encoding         6  output or disk      7  output is busy
  8  failed check   9  lost media (--strict)
  10 the bucket, or the network
  129, 130, 141, 143  hung up, Ctrl-C, stdout closed, asked to end`;

/** The commands, in the order a reader wants them. */
export const COMMANDS = {
  encode: { usage: 'INPUT', does: 'Make INPUT into a folder with master.m3u8 that plays everywhere.' },
  upload: { usage: 'DIR DEST', does: 'Bring a folder to gs://bucket/path, and confirm every object.' },
  ls: { usage: 'WHERE', does: 'List the titles below a gs://bucket/path, or a folder.' },
  rm: { usage: 'WHERE', does: 'Remove a title from gs://bucket/path, or a folder.' },
  plan: { usage: 'INPUT', does: 'Show what encode would do with INPUT, and why.' },
  probe: { usage: 'INPUT', does: 'Show what is in INPUT.' },
  ladders: { usage: '[NAME]', does: 'Show the ladders (sizes and bit rates), or one of them.' },
  doctor: { usage: '[DEST]', does: 'Check this machine, or gs://bucket/path, for titles.' },
} as const;

/** `mediactl --help`: written by hand, because it is asked for most and must come at once. */
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
  $ mediactl probe movie.mp4                what is in the file
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

The title appears in its folder only when it is whole; until then an older one stays
playable. An interrupted run goes on at the segment where it stopped when the same
command is given again. A finished, unchanged title is left as it is. INPUT in a bucket
is read with the flags for credentials above.
${EXIT_CODES_TEXT}`;

export const UPLOAD_TEXT = `
Examples:
  $ mediactl upload movie gs://bucket/titles/movie
  $ mediactl upload dash-made-elsewhere gs://bucket/titles/other --receipt other.json
  $ mediactl upload movie gs://bucket/titles/movie --dry-run
  $ mediactl upload --check movie.receipt.json
  $ mediactl upload movie --check movie.receipt.json --repair

Segments go first, then media playlists, then what players open; each only when what
it refers to is confirmed. What is there and right is not sent again. A title that
mediactl made replaces an older one of its own; of another tree nothing is removed.
A ready access token is read from MEDIACTL_ACCESS_TOKEN.
What was uploaded is listed in DIR.receipt.json; --check asks the bucket for one list
and compares: exit code 0 when all is as the receipt says, 8 when not.
${EXIT_CODES_TEXT}`;

export const LS_TEXT = `
Examples:
  $ mediactl ls gs://bucket/titles
  $ mediactl ls gs://bucket/titles --json | jq -r '.titles[] | select(.state != "complete").location'
  $ mediactl ls .

A title is a folder with a mediactl.json. Its objects are compared with that record by
size and checksum: what is missing or was changed is counted.
${EXIT_CODES_TEXT}`;

export const RM_TEXT = `
Examples:
  $ mediactl rm gs://bucket/titles/movie
  $ mediactl rm gs://bucket/titles/movie --dry-run
  $ mediactl rm gs://bucket/titles --recursive --yes

Shows what it would remove, and asks. Only what the record of a title lists is removed,
older versions included: what players open first, the record last, so that the same
command goes on after an interruption. What was changed since, and files that mediactl
did not make, stay.
${EXIT_CODES_TEXT}`;

export const PLAN_TEXT = `
Examples:
  $ mediactl plan movie.mp4
  $ mediactl plan movie.mp4 --ladder vod-4k --json | jq .plan.renditions

Takes all flags of encode, and does what \`mediactl encode --dry-run\` does: it probes
the source, then prints every decision with its reason and the commands that would
run. Nothing is written.
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
  $ mediactl ladders vod --json > my.json   a start for one's own: mediactl encode --ladder my.json
  $ mediactl ladders --schema > ladder.schema.json
${EXIT_CODES_TEXT}`;

export const DOCTOR_TEXT = `
Examples:
  $ mediactl doctor
  $ mediactl doctor gs://bucket/titles
  $ mediactl doctor gs://bucket/titles --fix --cors-origins https://www.example.com
  $ mediactl doctor gs://bucket/titles --json | jq '.findings[] | select(.state != "ok")'

Without DEST: exit code 0 when encode can run, 4 when a tool is missing or too old.

With DEST it writes, reads, changes and removes a small object below it, looks at how
that is served, and at the settings of the bucket. What is not well comes with the
command that changes it. Exit code 0 when titles can be published there, else that of
the first failure. --fix adds what is missing to CORS and lifecycle rules, and takes
nothing away.
${EXIT_CODES_TEXT}`;
