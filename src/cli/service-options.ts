import { Option } from 'commander';
import { REPORT_GROUPS } from '../model/beacon-report.js';
import { POLICY_PRESETS } from '../model/license.js';
import { grouped, settingOptions } from './setting-options.js';

const SERVICE = 'Server:';
const RECORDS = 'Records:';
const RIGHTS = 'Rights:';

type Options = readonly Option[];

export function beaconServerOptions(): Options {
  return [...serviceOptions(8124), ...grouped(RECORDS, settingOptions('rotateAt', 'keepAddresses'))];
}

/** `port`: the one that is taken by default. */
function serviceOptions(port: number): Options {
  return grouped(
    SERVICE,
    settingOptions(
      { host: 'serve at this address; for others it takes --tls-cert or --insecure (default: 127.0.0.1)' },
      { port: `serve at this port; 0: any that is free (default: ${port})` },
      ...(['tlsCert', 'tlsKey', 'insecure'] as const),
      { allowOrigin: 'pages that may post, by their origin (default: all)' },
      ...(['rateLimit', 'forwarded', 'openMetrics'] as const),
    ),
  );
}

export function reportOptions(): Options {
  return grouped(RECORDS, [
    new Option(
      '--by <what>',
      'one line for each: title,hour, title,day, title, hour or day (default: title,hour)',
    ).choices([...REPORT_GROUPS]),
    new Option('--since <when>', 'only what came since then: 24h, 7d, 2026-11-26 or 2026-11-26T18:00Z (UTC)'),
  ]);
}

export function licenseServerOptions(): Options {
  return [
    ...grouped(RIGHTS, [
      ...settingOptions(
        { keys: 'file of the keys of a title, or a folder of such files; only you may read them' },
        'auth',
      ),
    ]),
    ...serviceOptions(8125),
    ...grouped(SERVICE, settingOptions('tokenRate')),
    ...grouped(RECORDS, settingOptions('records', 'rotateAt', 'keepAddresses')),
  ];
}

export function tokenOptions(): Options {
  return grouped(RIGHTS, [
    ...settingOptions({ auth: 'key to sign with: a secret (HS256), or a private key as PEM or JWK (ES256, EdDSA)' }),
    new Option('--title <name>', 'title whose keys it opens, as the file of keys calls it'),
    new Option('--kids <list>', 'or the keys, by their KIDs'),
    new Option('--expires <time>', 'valid for so long: 90m, 24h, 30d (default: 24h)'),
    new Option(
      '--policy <name>',
      'stream, rental (48 h to begin, 6 h to watch), persistent (30 days), premium (offline)',
    ).choices([...POLICY_PRESETS]),
    new Option('--sub <viewer>', 'who it is for, by a name of yours; devices and streams are counted by it'),
    new Option('--max-height <n>', 'only keys of pictures up to this height'),
    new Option('--devices <n>', 'most devices of this viewer'),
    new Option('--streams <n>', 'most of them at once'),
    new Option('--device <name>', 'only for this device'),
    new Option('--uses <n>', 'most licences for this token'),
    new Option(
      '--explain',
      'make none: read a token on stdin, and say what it means; with --auth also whether it is valid',
    ),
  ]);
}

export function checkOptions(): Options {
  return grouped(RIGHTS, [
    new Option('--token <file>', 'file with the token, - for stdin (default: the variable MEDIACTL_LICENSE_TOKEN)'),
    new Option('--kids <list>', 'KIDs to ask for (default: those of the token)'),
    new Option('--persistent', 'ask for a licence to keep'),
    new Option('--device <name>', 'name this device'),
  ]);
}
