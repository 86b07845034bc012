const HIDDEN = '[key]';

/**
 * A text without keys, in whatever form a program may print them: hex of both cases, base64 and base64url. Shaka Packager
 * repeats values that it does not like, and so a line that names its flags for keys is left out whole.
 */
export function withoutSecrets(text: string, keys: readonly Uint8Array[]): string {
  let clean = text.replace(/^.*(?:--keys|key_id=|:key=|'keys').*$/gm, HIDDEN);
  for (const key of keys) {
    const bytes = Buffer.from(key);
    const hex = bytes.toString('hex');
    const forms = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
    clean = clean.replaceAll(new RegExp(hex, 'gi'), HIDDEN);
    for (const form of forms) clean = clean.replaceAll(form, HIDDEN);
  }
  return clean;
}
