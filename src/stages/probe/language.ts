/**
 * A file's language tag as BCP 47 in its shortest form: "eng" → "en", "fre" and "fra" → "fr", "en_us" → "en-US".
 * "und" for nothing, for nonsense, and for the codes that mean "unknown".
 */
export function toBcp47(tag: string | null | undefined): string {
  const cleaned = (tag ?? '').trim().replaceAll('_', '-');
  // Two or three letters and subtags. Longer first words ("english") are well formed, but no such language exists.
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(cleaned)) return byEnglishName(cleaned);
  try {
    const canonical = Intl.getCanonicalLocales(cleaned)[0] ?? 'und';
    return UNKNOWN.has(canonical.toLowerCase()) ? 'und' : canonical;
  } catch {
    return 'und';
  }
}

const UNKNOWN = new Set(['und', 'mis', 'xxx', 'unk', 'nar', 'nil']);

function byEnglishName(name: string): string {
  return NAMES[name.toLowerCase()] ?? 'und';
}

// Some muxers write the name instead of a code. Only the commonest are worth knowing.
const NAMES: Readonly<Record<string, string>> = {
  arabic: 'ar',
  chinese: 'zh',
  deutsch: 'de',
  dutch: 'nl',
  english: 'en',
  french: 'fr',
  german: 'de',
  hindi: 'hi',
  italian: 'it',
  japanese: 'ja',
  korean: 'ko',
  polish: 'pl',
  portuguese: 'pt',
  russian: 'ru',
  spanish: 'es',
  swedish: 'sv',
  turkish: 'tr',
};
