export const languages = ['en', 'zh-Hans', 'zh-Hant'] as const;
export type Language = (typeof languages)[number];

/** Each in its own words, so that everybody finds theirs. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
};

const storageKey = 'tollgate.language';

/** The language chosen before, else the first of the browser's that we have. */
export function presentLanguage(): Language {
  const chosen = localStorage.getItem(storageKey);
  const wished = chosen === null ? navigator.languages : [chosen, ...navigator.languages];
  return wished.map(languageOf).find((language) => language !== null) ?? 'en';
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
}

/** @param tag BCP 47 language tag: `zh-TW`, `zh-Hant-HK`, `en-GB` */
export function languageOf(tag: string): Language | null {
  const lower = tag.toLowerCase();
  if (lower === 'en' || lower.startsWith('en-')) return 'en';
  if (!/^zh(-|$)/.test(lower)) return null;
  if (lower.includes('-hans')) return 'zh-Hans';
  return /-(hant|tw|hk|mo)\b/.test(lower) ? 'zh-Hant' : 'zh-Hans';
}
