/** A BCP 47 tag in its one form (`deu` becomes `de`, `cmn-hans` becomes `zh-Hans`); null for what is none. */
export function canonicalTag(tag: string): string | null {
  try {
    return tag === '' ? null : (Intl.getCanonicalLocales(tag)[0] ?? null);
  } catch {
    return null;
  }
}

interface Parts {
  readonly language: string;
  readonly script: string | undefined;
  readonly region: string | undefined;
}

function partsOf(tag: string): Parts {
  const { language, region } = new Intl.Locale(tag);
  // The script that a language is usually written in there: zh-TW is zh-Hant.
  return { language, region, script: new Intl.Locale(tag).maximize().script };
}

/** Norwegian without more is Bokmål in all but name. */
const SAME: Readonly<Record<string, string>> = { no: 'nb' };

/**
 * Which of some languages fits a wanted one best: itself, then the same language and script of no region, then of any region; null
 * where none does. All are BCP 47 tags.
 */
export function bestLanguage(wanted: string, offered: readonly string[]): string | null {
  const tag = canonicalTag(wanted);
  if (tag === null) return null;
  if (offered.includes(tag)) return tag;
  const nameOf = (language: string) => SAME[language] ?? language;
  const { language, script } = partsOf(tag);
  const same = offered.filter((other) => {
    const parts = partsOf(other);
    return nameOf(parts.language) === nameOf(language) && parts.script === script;
  });
  return same.find((other) => partsOf(other).region === undefined) ?? same[0] ?? null;
}
