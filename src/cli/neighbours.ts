/**
 * What people who know other tools type, and what it is called here: the name of a flag, or a sentence. ffmpeg,
 * HandBrakeCLI, yt-dlp, ab-av1, rclone and Shaka Streamer were looked at.
 */
const FLAGS: Readonly<Record<string, string>> = {
  preset: '--encoder-preset',
  speed: '--encoder-preset',
  quality: '--crf',
  cq: '--crf',
  lang: '--audio-lang',
  language: '--audio-lang',
  languages: '--audio-lang',
  'audio-language': '--audio-lang',
  'audio-languages': '--audio-lang',
  'output-dir': '-o',
  'output-folder': '-o',
  outdir: '-o',
  out: '-o',
  dest: '-o',
  destination: '-o',
  profile: '--ladder',
  rungs: '--only',
  renditions: '--only',
  sizes: '--only',
  resolution: '--only',
  resolutions: '--only',
  height: '--only',
  threads: '--jobs',
  continue: '--resume',
  loglevel: '--verbose',
  'log-level': '--verbose',
  debug: '--verbose',
  silent: '--quiet',
  'config-file': '--config',
  'config-location': '--config',
  'no-colour': '--no-color',
  bucket: '--to',
  transfers: '--upload-jobs',
  'credentials-file': '--key-file',
  ss: '--start',
  'start-at': '--start',
  from: '--start',
  stop: '--end',
  'stop-at': '--end',
  until: '--end',
};

const REPLACING =
  'new options for the same source need no flag; --replace replaces a title made from another source, --force whatever is in the way';

const SENTENCES: Readonly<Record<string, string>> = {
  '--overwrite': REPLACING,
  '--overwrites': REPLACING,
  '--force-overwrites': REPLACING,
  '-y': REPLACING,
  '-i': 'INPUT takes no flag: mediactl encode movie.mp4',
  '--input': 'INPUT takes no flag: mediactl encode movie.mp4',
  '--codec': 'the ladder sets codec and encoder; mediactl ladders --schema shows what it may contain',
  '--encoder': 'the ladder sets codec and encoder; mediactl ladders --schema shows what it may contain',
  '--bitrate': 'the ladder sets the bit rates; to start your own: mediactl ladders vod --json > my.json',
};

const COMMANDS: Readonly<Record<string, string>> = {
  man: 'for help: mediactl help, or man mediactl',
  transcode: 'did you mean encode?',
  serve: 'did you mean play?',
  watch: 'did you mean play?',
  preview: 'did you mean play?',
  convert: 'did you mean encode?',
  repackage: 'did you mean package?',
  remux: 'did you mean package?',
  info: 'did you mean probe?',
  inspect: 'did you mean probe?',
  list: 'did you mean ls?',
  presets: 'did you mean ladders?',
  sync: 'did you mean upload?',
  copy: 'did you mean upload?',
  version: 'did you mean --version?',
  remove: 'mediactl rm removes titles; it shows them and asks first',
  delete: 'mediactl rm removes titles; it shows them and asks first',
  verify: 'mediactl upload --check RECEIPT compares a bucket, mediactl ls --check a folder',
};

/** What to say of a flag of other tools; null when none is known. `flags`: those that the command has. */
export function flagElsewhere(flag: string, flags: readonly string[]): string | null {
  const sentence = SENTENCES[flag];
  if (sentence !== undefined)
    return flag === '-i' || flag === '--input' || flags.includes('--ladder') ? sentence : null;
  const ours = flag.startsWith('--') ? FLAGS[flag.slice(2)] : undefined;
  return ours !== undefined && flags.includes(ours) ? `did you mean ${ours}?` : null;
}

/** What to say of a command of other tools; null when none is known. */
export function commandElsewhere(word: string): string | null {
  return Object.hasOwn(COMMANDS, word) ? (COMMANDS[word] ?? null) : null;
}
