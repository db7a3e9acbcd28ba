import type { Settings } from '../../settings/index.ts';
import { type Sentence, said } from './sentence.ts';

const members = 'server/members/members.test.ts';
const journey = 'e2e/console/member-journey.test.ts';
const overdue = ['server/privacy/scan.test.ts', 'finds what is older than it is kept for'] as const;
const forgotten = [members, 'what is over is forgotten, so that nothing is overdue'] as const;
const keptAddress = [
  members,
  'MEMBER_ADDRESS keeps the address of a sign-in in full, masked, or not',
] as const;
const newCountry = [members, 'is warned of a sign-in from a new country, and of no other'] as const;

/** What is kept of a sign-in, by how its address is kept. */
function signIns(kept: Settings['MEMBER_ADDRESS'], en: string, zhTw: string): Sentence {
  return {
    ...{ id: `member-address-${kept}`, section: 'members' },
    when: ({ MEMBER_ADDRESS }) => MEMBER_ADDRESS === kept,
    text: ({ MEMBER_ADDRESS_DAYS: days }) => ({
      en: `Of each sign-in we keep the time and, encrypted with the same key, the country, the region, what your browser says it is (its User-Agent header) and ${en}, for ${days} days, to recognise you; of a sign-in from a country that is new among them we tell you by e-mail.`,
      'zh-TW': `每次登入我們會保存時間，並以同一金鑰加密保存國家、地區、瀏覽器的自我描述（User-Agent 標頭）${zhTw}，期限為 ${days} 天，用以辨識您；若登入來自其中未有的國家，會以電子郵件通知您。`,
    }),
    heldBy: [keptAddress, newCountry, forgotten, overdue],
  };
}

/** Members of a site: what is kept of them, and what they can do about it. */
export const memberSentences: readonly Sentence[] = [
  {
    ...{ id: 'member-encrypted', section: 'members' },
    text: said(
      'If you register as a member of a site, your e-mail address, your name, the hash of your password, and the profile and preferences that you give are encrypted with a key of your own. The key is in no database, and in no backup of one. In clear are only the site, the country and region of your last sign-in, whether you want news and offers, and times.',
      '若您註冊為網站會員，您的電子郵件地址、姓名、密碼雜湊值，以及您提供的個人資料與偏好設定，會以您專屬的金鑰加密。金鑰不在任何資料庫中，也不在資料庫的備份中。未加密的只有網站、最近登入的國家與地區、您是否要接收消息與優惠，以及時間。',
    ),
    heldBy: [
      [members, 'leaves nothing readable in the live stores, nor in a backup that is restored'],
      [journey, 'had an ad on every page view, and left no trace in clear in any file'],
      ['server/privacy/register.test.ts', 'names every table of both databases, and none that is not there'],
    ],
  },
  {
    ...{ id: 'member-verified', section: 'members' },
    text: said(
      'You are a member once you have followed the link of a letter to your address. Nobody can find out from us whether an address is registered.',
      '您點選寄至您地址的信件中的連結後，才成為會員。任何人都無法從我們得知某地址是否已註冊。',
    ),
    heldBy: [
      [journey, 'registers, and is one once the link of the letter was followed'],
      [members, 'whether an address is known: answers and letters to its owner alone differ'],
    ],
  },
  {
    ...{ id: 'member-visitor-linked', section: 'members' },
    text: said(
      'The number of your browser is linked to you as a member when you sign in, and only where you have consented to measurement; the link is encrypted with your key too.',
      '只有在您同意測量時，登入才會將您瀏覽器的編號與您的會員身分連結；此連結同樣以您的金鑰加密。',
    ),
    heldBy: [
      [members, 'a consented visitor’s number is linked at sign-in, and no other'],
      [journey, 'signs in, changes what is kept, and takes it along; the cookies are those of the table'],
    ],
  },
  signIns('full', 'your address', '及您的 IP 位址'),
  signIns('masked', 'the network that your address is in', '及您 IP 位址所屬的網段'),
  signIns('none', 'nothing of your address', '，但不保存您的 IP 位址'),
  {
    ...{ id: 'member-news', section: 'members' },
    text: ({ MEMBER_PROOF_DAYS: days, K_ANONYMITY: most }) => ({
      en: `You are on the list for news and offers only if you have said yes to them; you can take it back at any time, also by one click on the link that goes with each. The words you were shown, the time and your answer are kept for ${days} days as proof. Who wants them is seen by us and by the site whose member you are, by region; members who are merely counted by region are in groups of at least ${most}.`,
      'zh-TW': `只有在您同意後，您才會列入消息與優惠的名單；您可隨時撤回，也可點選隨信附上的連結一鍵撤回。您看到的文字、時間與您的回覆會保存 ${days} 天作為證明。只有我們與您所屬的網站可依地區看到願意接收者；僅依地區計數時，每組至少有 ${most} 位會員。`,
    }),
    heldBy: [
      [members, 'are agreed to with proof, listed by region, exported safely, and ended by one click'],
      [members, 'and members by region tell nothing of few'],
      [members, 'of publishers see the members of their own sites alone'],
      forgotten,
      overdue,
    ],
  },
  {
    ...{ id: 'member-rights', section: 'members' },
    text: said(
      'As a member you can at any time see what is kept of you, correct it, take it along as a file, and erase it. Of each request to see or to erase we keep when it came, how we knew that it was you, and when it was done; requests by letter count too.',
      '會員可隨時查看、更正、以檔案帶走及刪除其資料。每次查閱或刪除請求，我們會保存提出時間、如何確認為本人及完成時間；以信件提出的請求亦同。',
    ),
    heldBy: [
      [journey, 'signs in, changes what is kept, and takes it along; the cookies are those of the table'],
      [journey, 'erases everything: nothing can be read, cookies are gone, and the request is listed'],
      [members, 'is carried out for who asks by letter, and the list says so'],
    ],
  },
  {
    ...{ id: 'member-erasure', section: 'members' },
    text: said(
      'An erasure destroys your key before anything else: from then on nobody can read what was kept of you, in backups neither. What stays is that you asked for it, and the proofs of what you agreed to, with a keyed hash of your address in its place.',
      '刪除會先銷毀您的金鑰：此後無人能讀取您的資料，備份中的也一樣。保留的只有您提出的請求，以及您同意事項的證明，其中以您地址的金鑰雜湊值代替地址。',
    ),
    heldBy: [
      [members, 'leaves nothing readable in the live stores, nor in a backup that is restored'],
      [members, 'holds also against an old copy of the keys themselves'],
      [journey, 'erases everything: nothing can be read, cookies are gone, and the request is listed'],
    ],
  },
];
