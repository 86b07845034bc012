/**
 * A language as a user names it, in BCP 47's shortest form: "eng" → "en", "fre" and "fra" → "fr", "pt_br" → "pt-BR".
 * Null for anything that is not a language tag.
 */
export function canonicalLanguage(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

/** Whether a track's language is what was asked for: "pt" matches "pt-BR" too; "pt-BR" matches neither "pt-PT" nor "pt". */
export function matchesLanguage(track: string, asked: string): boolean {
  const wanted = canonicalLanguage(asked);
  const has = canonicalLanguage(track) ?? track;
  return wanted !== null && (has === wanted || has.startsWith(`${wanted}-`));
}

/** The language's name in that language, as players' menus show it: "Français"; null for und and private codes. */
export function languageName(language: string): string | null {
  if (language === 'und') return null;
  const name = displayName(language, [language, 'en']) ?? displayName(language, ['en']);
  return name === null ? null : name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** "French", for sentences in English; the tag itself where there is no name. */
export function englishName(language: string): string {
  return displayName(language, ['en']) ?? language;
}

function displayName(language: string, locales: string[]): string | null {
  try {
    return new Intl.DisplayNames(locales, { type: 'language', fallback: 'none' }).of(language) ?? null;
  } catch {
    return null;
  }
}
