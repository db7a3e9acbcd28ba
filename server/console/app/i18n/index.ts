import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';

/** With their own names, for the menu. */
export const languages = { en: 'English', 'zh-TW': '繁體中文' } as const;
export type Language = keyof typeof languages;

const storedAs = 'signpost.language';
const files = import.meta.glob<{ default: Record<string, unknown> }>([
  '../texts/*.json',
  '../{parts,screens}/*/texts/*.json',
]);

/** Each screen's texts are a file of their own, loaded with it. */
const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, done) {
    const file = namespace === 'shell' ? `../texts/${language}.json` : `/${namespace}/texts/${language}.json`;
    const load = Object.entries(files).find(([name]) => name.endsWith(file))?.[1];
    if (load === undefined) done(new Error(`There is no ${file}`), null);
    else
      load().then(
        ({ default: texts }) => done(null, texts as never),
        (error: Error) => done(error, null),
      );
  },
};

/** The one chosen, else the first of the browser's that there is. */
function preferred(): Language {
  const stored = localStorage.getItem(storedAs);
  if (stored !== null && stored in languages) return stored as Language;
  for (const language of navigator.languages) {
    if (language.startsWith('en')) return 'en';
    if (language.startsWith('zh')) return 'zh-TW';
  }
  return 'en';
}

function mark(language: string): void {
  document.documentElement.lang = language;
}

/** Resolves when the texts of the shell are there. */
export async function startTexts(): Promise<void> {
  i18next.on('languageChanged', mark);
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      fallbackLng: false,
      supportedLngs: Object.keys(languages),
      ns: ['shell'],
      defaultNS: 'shell',
      interpolation: { escapeValue: false },
    });
}

export function changeLanguage(language: Language): void {
  localStorage.setItem(storedAs, language);
  void i18next.changeLanguage(language);
}
