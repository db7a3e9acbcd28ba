import type { Settings } from '../../settings/index.ts';
import { type Sentence, said } from './sentence.ts';

const browser = 'e2e/consent.test.ts';
const consent = 'server/audience/consent.test.ts';
const inForce = 'server/privacy/settings-in-force.test.ts';

/** Places and what is assumed there; empty where nothing is anywhere. */
function assumed({ CONSENT_BY_REGION: text }: Settings): { place: string; purposes: string }[] {
  return text
    .split(/[\s,]+/)
    .map((entry) => entry.split('='))
    .flatMap(([place = '', purposes = 'none']) =>
      place === '' || purposes === 'none' ? [] : [{ place, purposes: purposes.replaceAll('+', ', ') }],
    );
}
const assumes = (settings: Settings): boolean => assumed(settings).length > 0;
const places = (settings: Settings, anywhere: string): string =>
  assumed(settings)
    .map(({ place, purposes }) => `${place === '*' ? anywhere : place} (${purposes})`)
    .join('; ');

/** Consent and cookies. */
export const choiceSentences: readonly Sentence[] = [
  {
    ...{ id: 'nothing-without-consent', section: 'choice' },
    text: said(
      'Where you have not consented, and consent is not assumed as said below, no cookie is set or read but one that keeps your choice, and one that keeps you signed in if you are a member, nothing else is stored in your browser, and no interests are learnt.',
      '若您未同意，且未如下所述推定同意，除保存您選擇的 Cookie，以及會員維持登入的 Cookie 外，我們不設定也不讀取任何 Cookie，不在您的瀏覽器儲存其他資料，也不學習興趣。',
    ),
    heldBy: [
      [browser, 'a page that asks for nothing keeps nothing, and neither does one that was answered nothing'],
      [browser, 'refusing everything is one click, keeps nothing, and ads still show'],
      ['server/audience/interests.test.ts', 'gets no interest without consent, and none that nobody defined'],
      ['e2e/tag.test.ts', 'leaves nothing in cookies or storage'],
    ],
  },
  {
    ...{ id: 'consent-assumed', section: 'choice', when: assumes },
    text: (settings) => ({
      en: `On pages that ask for consent, as long as neither you, your browser nor the page says otherwise, consent is assumed in these places: ${places(settings, 'all others')}. Where we do not know your country, none is.`,
      'zh-TW': `在徵求同意的頁面上，若您、您的瀏覽器及該頁面均未另行表示，下列地區推定為同意：${places(settings, '其他所有地區')}。無法得知您所在國家時不作推定。`,
    }),
    heldBy: [
      [consent, 'where %s'],
      [inForce, 'CONSENT_BY_REGION is what the policy says of it'],
    ],
  },
  {
    ...{ id: 'consent-never-assumed', section: 'choice', when: (settings) => !assumes(settings) },
    text: said('Nowhere is consent assumed.', '我們在任何地區都不推定同意。'),
    heldBy: [[inForce, 'CONSENT_BY_REGION is what the policy says of it']],
  },
  {
    ...{ id: 'refusal-kept', section: 'choice', when: ({ CONSENT_KEEP_REFUSAL: keep }) => keep === 'on' },
    text: said(
      'A refusal is kept in a cookie, so that you are not asked again.',
      '您的拒絕會保存在 Cookie 中，以免再次詢問。',
    ),
    heldBy: [[inForce, 'CONSENT_KEEP_REFUSAL keeps a refusal, and off only where something is assumed']],
  },
  {
    ...{
      ...{ id: 'refusal-kept-where-assumed', section: 'choice' },
      when: (settings) => settings.CONSENT_KEEP_REFUSAL === 'off' && assumes(settings),
    },
    text: said(
      'A refusal is kept in a cookie only where consent would be assumed otherwise.',
      '僅在否則會推定同意的地區，才會將您的拒絕保存在 Cookie 中。',
    ),
    heldBy: [
      [consent, 'to refuse is kept where the region would allow something otherwise'],
      [inForce, 'CONSENT_KEEP_REFUSAL keeps a refusal, and off only where something is assumed'],
    ],
  },
  {
    ...{
      ...{ id: 'refusal-not-kept', section: 'choice' },
      when: (settings) => settings.CONSENT_KEEP_REFUSAL === 'off' && !assumes(settings),
    },
    text: said('A refusal is not kept; you may be asked again.', '我們不保存您的拒絕，因此可能再次詢問。'),
    heldBy: [[consent, 'to refuse keeps nothing, and takes away what was kept']],
  },
  {
    ...{ id: 'gpc', section: 'choice' },
    text: said(
      'If your browser sends Global Privacy Control, you are not asked, and no banner is chosen by your interests.',
      '若您的瀏覽器傳送 Global Privacy Control，我們不會詢問您，也不會依您的興趣選擇廣告。',
    ),
    heldBy: [
      [browser, 'with Global Privacy Control nothing is asked and nothing kept'],
      [consent, 'where %s'],
    ],
  },
  {
    ...{ id: 'dnt-heeded', section: 'choice', when: ({ CONSENT_DNT }) => CONSENT_DNT === 'on' },
    text: said(
      'The older Do Not Track header of a browser is taken as a refusal.',
      '瀏覽器較舊的 Do Not Track 標頭視為拒絕。',
    ),
    heldBy: [[inForce, 'CONSENT_DNT makes the header a refusal, or leaves it unheard']],
  },
  {
    ...{ id: 'dnt-not-heeded', section: 'choice', when: ({ CONSENT_DNT }) => CONSENT_DNT === 'off' },
    text: said(
      'The older Do Not Track header of a browser is not heeded.',
      '我們不處理瀏覽器較舊的 Do Not Track 標頭。',
    ),
    heldBy: [[inForce, 'CONSENT_DNT makes the header a refusal, or leaves it unheard']],
  },
  {
    ...{ id: 'platforms', section: 'choice' },
    text: said(
      'What you say to a consent platform of the page (IAB TCF or GPP) is heeded. Of several that speak, refusing wins.',
      '您在頁面的同意管理平台（IAB TCF 或 GPP）上的表示會被遵守；若有多個來源，以拒絕為準。',
    ),
    heldBy: [
      [browser, 'a TCF platform is heard: what it grants, and what it takes back'],
      [browser, 'a GPP platform is heard, by the string of its own library'],
      [consent, 'where %s'],
    ],
  },
  {
    ...{ id: 'change-of-mind', section: 'choice' },
    text: said(
      'You can change your choice at any time on our privacy page, also without scripts. It works at once, and what is not allowed any more leaves your browser.',
      '您可隨時在我們的隱私頁面變更選擇，不需要任何程式。變更立即生效，不再允許的資料會從您的瀏覽器移除。',
    ),
    heldBy: [
      [browser, 'accepting by keyboard alone keeps what the table says; refusing later removes it at once'],
      ['e2e/interests.test.ts', 'the privacy page changes the choice without any script'],
    ],
  },
  {
    ...{ id: 'cookies-listed', section: 'cookies' },
    text: said(
      'These are all the cookies that there are. Our server alone reads them; no script does.',
      '以下是全部的 Cookie。只有我們的伺服器會讀取，任何程式都無法讀取。',
    ),
    heldBy: [
      [browser, 'every cookie that Chromium has is in the list, with its life'],
      ['server/audience/docs.test.ts', 'docs/privacy.md has the table of cookies as the code has it'],
    ],
  },
  {
    ...{ id: 'cookies-of-one-site', section: 'cookies' },
    text: said(
      'Over an encrypted connection each of them belongs to the one site whose page is open (partitioned): nobody, we included, can follow you with them from one site to the next.',
      '在加密連線下，每個 Cookie 只屬於目前開啟頁面的網站（分割儲存）：任何人（包括我們）都無法藉此跨網站追蹤您。',
    ),
    heldBy: [
      [browser, 'accepting by keyboard alone keeps what the table says; refusing later removes it at once'],
      ['server/privacy/settings-in-force.test.ts', 'cookies over TLS are partitioned'],
    ],
  },
];
