import type { Settings } from '../../settings/index.ts';
import type { Words } from '../register.ts';

/** A test that fails where a sentence is not true: its file below `test/`, and its name as it stands there. */
export type Holder = readonly [file: string, name: string];

/** One sentence of the policy. Whichever settings are in force, it is there only where it is true. */
export interface Sentence {
  /** Stable: names the sentence in tests and in talk about it. */
  readonly id: string;
  readonly section: SectionName;
  /** Default: always. */
  readonly when?: (settings: Settings) => boolean;
  readonly text: (settings: Settings) => Words;
  readonly heldBy: readonly Holder[];
}

/** The sections, in their order. */
export const sections = {
  banners: { en: 'Banners', 'zh-TW': '廣告' },
  address: { en: 'Your address', 'zh-TW': '您的 IP 位址' },
  choice: { en: 'Your choice', 'zh-TW': '您的選擇' },
  cookies: { en: 'Cookies', 'zh-TW': 'Cookie' },
  interests: { en: 'Interests', 'zh-TW': '興趣' },
  members: { en: 'Members', 'zh-TW': '會員' },
  stored: { en: 'What is stored, and for how long', 'zh-TW': '儲存的資料與期限' },
  others: { en: 'Others', 'zh-TW': '第三方' },
  proof: { en: 'How we see to it', 'zh-TW': '我們如何確保' },
} as const satisfies Record<string, Words>;
export type SectionName = keyof typeof sections;

export const said = (en: string, zhTw: string) => (): Words => ({ en, 'zh-TW': zhTw });
