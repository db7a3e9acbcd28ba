import type { ScreenTexts } from '../screens/texts.ts';
import type shell from '../texts/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    /** The English texts are what there is; a test holds the other languages to them. */
    resources: { shell: typeof shell } & ScreenTexts;
  }
}
