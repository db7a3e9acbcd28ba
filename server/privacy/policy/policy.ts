import { cookieKinds, cookieTable, type Purpose } from '../../audience/purposes.ts';
import type { Settings } from '../../settings/index.ts';
import type { Words } from '../register.ts';
import { bannerSentences } from './banner-sentences.ts';
import { choiceSentences } from './choice-sentences.ts';
import { type SectionName, type Sentence, sections } from './sentence.ts';
import { storedSentences } from './stored-sentences.ts';

export type PolicyLanguage = keyof Words;

/** Every sentence that a policy may have; which of them it has, the settings say. */
export const policySentences: readonly Sentence[] = [
  ...bannerSentences,
  ...choiceSentences,
  ...storedSentences,
];

const title: Words = { en: 'Privacy policy', 'zh-TW': '隱私權政策' };
const template: Words = {
  en: '_[To be added by you: who is responsible, with address and contact; the supervisory authority; what else your site does.]_',
  'zh-TW': '_【請自行補充：負責人及其地址與聯絡方式、主管機關，以及貴網站的其他資料處理。】_',
};
const cookieHeads: Readonly<Record<PolicyLanguage, string>> = {
  en: '| cookie | for | days | holds |\n|---|---|---|---|',
  'zh-TW': '| Cookie | 用途 | 天數 | 內容 |\n|---|---|---|---|',
};
const purposeNames: Readonly<Record<Purpose, Words>> = {
  necessary: { en: 'necessary', 'zh-TW': '必要' },
  measurement: { en: 'measurement', 'zh-TW': '測量' },
  personalisation: { en: 'personalisation', 'zh-TW': '個人化' },
  advertisers: { en: "advertisers' own", 'zh-TW': '廣告主專用' },
};
const cookieHolds: Readonly<Record<(typeof cookieKinds)[number], string>> = {
  choice: '您同意的項目',
  visitor: '隨機編號、產生日期與簽章',
  interests: '您的興趣（加密，最多 500 位元組）',
  member: '代表您已登入的隨機文字；登入時設定，登出時移除',
  advertisers: '至多 12 個廣告主各自的隨機編號與最多 64 個字元的值（加密）',
  ads: '向您顯示過哪些廣告及時間，以及您隱藏的廣告',
};

/** The policy as Markdown, of the sentences that are true with these settings. */
export function policyText(settings: Settings, language: PolicyLanguage): string {
  const parts = Object.entries(sections).map(([name, heading]) => {
    const sentences = sentencesOf(settings, name as SectionName).map(({ text }) => text(settings)[language]);
    const table = name === 'cookies' ? `\n\n${cookieRows(language)}` : '';
    return `## ${heading[language]}\n\n${sentences.join(language === 'en' ? ' ' : '')}${table}`;
  });
  return `# ${title[language]}\n\n${template[language]}\n\n${parts.join('\n\n')}\n`;
}

/** The sentences that hold with these settings. */
export function sentencesOf(settings: Settings, section: SectionName): Sentence[] {
  return policySentences.filter(
    (sentence) => sentence.section === section && (sentence.when?.(settings) ?? true),
  );
}

function cookieRows(language: PolicyLanguage): string {
  const rows = cookieKinds.map((kind) => {
    const { name, purposes, lifeDays, holds } = cookieTable[kind];
    const names = purposes.map((purpose) => purposeNames[purpose][language]).join(', ');
    return `| \`${name}\` | ${names} | ${lifeDays} | ${language === 'en' ? holds : cookieHolds[kind]} |`;
  });
  return [cookieHeads[language], ...rows].join('\n');
}
