import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { presentLanguage, rememberLanguage, type Language } from './languages';

/** Texts of one language, nested; leaves are i18next messages. */
export interface Texts {
  readonly [key: string]: string | Texts;
}
/** Loads the texts of one language, so that a visitor downloads only theirs. */
export type TextLoaders = Readonly<Record<Language, () => Promise<{ readonly default: Texts }>>>;

const shared: TextLoaders = {
  en: () => import('./locales/en.json'),
  'zh-Hans': () => import('./locales/zh-Hans.json'),
  'zh-Hant': () => import('./locales/zh-Hant.json'),
};

let loaders: readonly TextLoaders[] = [shared];

/** Starts with the language of the visitor. Keys of the portal go before the shared ones. */
export async function startTranslation(portal: TextLoaders): Promise<i18n> {
  loaders = [shared, portal];
  const language = presentLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await textsOf(language) } },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  tellBrowser(language);
  return i18next;
}

/** Changes the language at once and for the next visits. */
export async function changeLanguage(language: Language): Promise<void> {
  i18next.addResourceBundle(language, 'translation', await textsOf(language), true, true);
  await i18next.changeLanguage(language);
  rememberLanguage(language);
  tellBrowser(language);
}

async function textsOf(language: Language): Promise<Texts> {
  const parts = await Promise.all(loaders.map((each) => each[language]()));
  return Object.assign({}, ...parts.map((part) => part.default)) as Texts;
}

function tellBrowser(language: Language): void {
  document.documentElement.lang = language;
}
