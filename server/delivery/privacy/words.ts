import type { ConsentPurpose } from '../../audience/purposes.ts';

/** What visitors read, in one language. */
export interface Words {
  readonly title: string;
  readonly intro: string;
  readonly purposes: Readonly<Record<ConsentPurpose, readonly [title: string, does: string]>>;
  readonly accept: string;
  readonly refuse: string;
  readonly save: string;
  readonly optOut: string;
  readonly nothingKept: string;
  readonly interests: string;
  readonly noInterests: string;
  readonly advertisers: string;
  readonly noAdvertisers: string;
  readonly remove: string;
  readonly cookies: string;
  readonly cookieColumns: readonly [name: string, purpose: string, days: string, inBrowser: string];
  readonly yes: string;
  readonly no: string;
  readonly necessary: string;
  readonly hidden: string;
  readonly noneHidden: string;
  readonly showAgain: string;
  readonly banner: string;
  readonly more: string;
  readonly close: string;
  readonly ad: string;
  readonly advertiser: string;
  readonly payer: string;
  readonly because: string;
  readonly reasons: Readonly<Record<WhyReason, string>>;
  readonly hide: string;
  readonly hiddenForGood: string;
  readonly hiddenHere: string;
}

/** What of the visitor or the page chose an ad. */
export type WhyReason =
  | 'place'
  | 'page'
  | 'interest'
  | 'advertiser'
  | 'device'
  | 'language'
  | 'time'
  | 'anybody';

const en: Words = {
  title: 'Your privacy',
  intro: 'This server shows the banners of this site. You choose what it may do; banners come either way.',
  purposes: {
    measurement: [
      'Measurement',
      'A number in a cookie, so that visits on several days count as one visitor; how often you saw a banner.',
    ],
    personalisation: [
      'Interests',
      'Interests learnt from the pages you visit, kept encrypted in your own browser; banners chosen by them.',
    ],
    advertisers: [
      "Advertisers' own cookies",
      'An advertiser whose banner you saw keeps a value of its own here.',
    ],
  },
  accept: 'Accept all',
  refuse: 'Refuse all',
  save: 'Save choice',
  optOut: 'Your browser asks not to be tracked (Global Privacy Control), and that is heeded.',
  nothingKept: 'Nothing is kept in your browser.',
  interests: 'Your interests',
  noInterests: 'There are none.',
  advertisers: 'Advertisers that keep something here',
  noAdvertisers: 'No advertiser keeps anything here.',
  remove: 'Remove',
  cookies: 'Cookies',
  cookieColumns: ['Name', 'Purpose', 'Days', 'In your browser'],
  yes: 'yes',
  no: 'no',
  necessary: 'Necessary',
  hidden: 'Banners you hid',
  noneHidden: 'There are none.',
  showAgain: 'Show again',
  banner: 'May we keep cookies in your browser, to count visits and to show banners that fit your interests?',
  more: 'Details',
  close: 'Close',
  ad: 'Advertisement',
  advertiser: 'For',
  payer: 'Paid by',
  because: 'You see it because of',
  reasons: {
    place: 'where you are: {}',
    page: 'the page you are on',
    interest: 'your interest: {}',
    advertiser: 'what this advertiser keeps for you here',
    device: 'your browser or device',
    language: 'your language',
    time: 'the time of day',
    anybody: 'nothing about you: it is for everybody here',
  },
  hide: 'Hide this ad',
  hiddenForGood: 'Hidden. You will not see it again in this browser.',
  hiddenHere:
    'Hidden on this page. To remember it for longer a cookie is needed, to which you have not consented.',
};

const de: Words = {
  title: 'Ihre Privatsphäre',
  intro:
    'Dieser Server zeigt die Banner dieser Website. Sie bestimmen, was er darf; Banner kommen in jedem Fall.',
  purposes: {
    measurement: [
      'Messung',
      'Eine Nummer in einem Cookie, damit Besuche an mehreren Tagen als ein Besucher zählen; wie oft Sie ein Banner sahen.',
    ],
    personalisation: [
      'Interessen',
      'Interessen aus den besuchten Seiten, verschlüsselt in Ihrem eigenen Browser; danach gewählte Banner.',
    ],
    advertisers: [
      'Cookies der Werbetreibenden',
      'Ein Werbetreibender, dessen Banner Sie sahen, behält hier einen eigenen Wert.',
    ],
  },
  accept: 'Alles annehmen',
  refuse: 'Alles ablehnen',
  save: 'Auswahl speichern',
  optOut: 'Ihr Browser bittet, Sie nicht zu verfolgen (Global Privacy Control); das wird beachtet.',
  nothingKept: 'In Ihrem Browser wird nichts gespeichert.',
  interests: 'Ihre Interessen',
  noInterests: 'Es gibt keine.',
  advertisers: 'Werbetreibende, die hier etwas behalten',
  noAdvertisers: 'Kein Werbetreibender behält hier etwas.',
  remove: 'Entfernen',
  cookies: 'Cookies',
  cookieColumns: ['Name', 'Zweck', 'Tage', 'In Ihrem Browser'],
  yes: 'ja',
  no: 'nein',
  necessary: 'Notwendig',
  hidden: 'Ausgeblendete Banner',
  noneHidden: 'Es gibt keine.',
  showAgain: 'Wieder zeigen',
  banner:
    'Dürfen wir Cookies in Ihrem Browser speichern, um Besuche zu zählen und Banner nach Ihren Interessen zu zeigen?',
  more: 'Einzelheiten',
  close: 'Schließen',
  ad: 'Anzeige',
  advertiser: 'Für',
  payer: 'Bezahlt von',
  because: 'Sie sehen sie wegen',
  reasons: {
    place: 'Ihres Ortes: {}',
    page: 'der Seite, auf der Sie sind',
    interest: 'Ihres Interesses: {}',
    advertiser: 'dessen, was dieser Werbetreibende hier für Sie behält',
    device: 'Ihres Browsers oder Geräts',
    language: 'Ihrer Sprache',
    time: 'der Tageszeit',
    anybody: 'nichts über Sie: sie ist für alle hier',
  },
  hide: 'Anzeige ausblenden',
  hiddenForGood: 'Ausgeblendet. In diesem Browser sehen Sie sie nicht wieder.',
  hiddenHere:
    'Auf dieser Seite ausgeblendet. Um es länger zu behalten, ist ein Cookie nötig, dem Sie nicht zugestimmt haben.',
};

const fr: Words = {
  title: 'Votre vie privée',
  intro:
    'Ce serveur affiche les bannières de ce site. Vous choisissez ce qu’il peut faire ; les bannières viennent dans tous les cas.',
  purposes: {
    measurement: [
      'Mesure',
      'Un numéro dans un cookie, pour que les visites de plusieurs jours comptent pour un visiteur ; combien de fois vous avez vu une bannière.',
    ],
    personalisation: [
      'Centres d’intérêt',
      'Centres d’intérêt tirés des pages visitées, chiffrés dans votre propre navigateur ; bannières choisies selon eux.',
    ],
    advertisers: [
      'Cookies des annonceurs',
      'Un annonceur dont vous avez vu la bannière garde ici une valeur à lui.',
    ],
  },
  accept: 'Tout accepter',
  refuse: 'Tout refuser',
  save: 'Enregistrer le choix',
  optOut: 'Votre navigateur demande de ne pas être suivi (Global Privacy Control) ; c’est respecté.',
  nothingKept: 'Rien n’est gardé dans votre navigateur.',
  interests: 'Vos centres d’intérêt',
  noInterests: 'Il n’y en a pas.',
  advertisers: 'Annonceurs qui conservent quelque chose ici',
  noAdvertisers: 'Aucun annonceur ne conserve quoi que ce soit ici.',
  remove: 'Supprimer',
  cookies: 'Cookies',
  cookieColumns: ['Nom', 'Finalité', 'Jours', 'Dans votre navigateur'],
  yes: 'oui',
  no: 'non',
  necessary: 'Nécessaire',
  hidden: 'Bannières masquées',
  noneHidden: 'Il n’y en a pas.',
  showAgain: 'Afficher à nouveau',
  banner:
    'Pouvons-nous garder des cookies dans votre navigateur, pour compter les visites et montrer des bannières selon vos intérêts ?',
  more: 'Détails',
  close: 'Fermer',
  ad: 'Publicité',
  advertiser: 'Pour',
  payer: 'Payée par',
  because: 'Vous la voyez à cause de',
  reasons: {
    place: 'votre lieu : {}',
    page: 'la page où vous êtes',
    interest: 'votre intérêt : {}',
    advertiser: 'ce que cet annonceur conserve ici pour vous',
    device: 'votre navigateur ou appareil',
    language: 'votre langue',
    time: 'l’heure',
    anybody: 'rien vous concernant : elle est pour tous ici',
  },
  hide: 'Masquer cette publicité',
  hiddenForGood: 'Masquée. Vous ne la verrez plus dans ce navigateur.',
  hiddenHere:
    'Masquée sur cette page. Pour s’en souvenir plus longtemps il faut un cookie, auquel vous n’avez pas consenti.',
};

const es: Words = {
  title: 'Su privacidad',
  intro:
    'Este servidor muestra los anuncios de este sitio. Usted decide qué puede hacer; los anuncios llegan en todo caso.',
  purposes: {
    measurement: [
      'Medición',
      'Un número en una cookie, para que las visitas de varios días cuenten como un visitante; cuántas veces vio un anuncio.',
    ],
    personalisation: [
      'Intereses',
      'Intereses aprendidos de las páginas visitadas, cifrados en su propio navegador; anuncios elegidos según ellos.',
    ],
    advertisers: [
      'Cookies de los anunciantes',
      'Un anunciante cuyo anuncio vio guarda aquí un valor propio.',
    ],
  },
  accept: 'Aceptar todo',
  refuse: 'Rechazar todo',
  save: 'Guardar la elección',
  optOut: 'Su navegador pide no ser rastreado (Global Privacy Control), y se respeta.',
  nothingKept: 'No se guarda nada en su navegador.',
  interests: 'Sus intereses',
  noInterests: 'No hay ninguno.',
  advertisers: 'Anunciantes que guardan algo aquí',
  noAdvertisers: 'Ningún anunciante guarda nada aquí.',
  remove: 'Quitar',
  cookies: 'Cookies',
  cookieColumns: ['Nombre', 'Finalidad', 'Días', 'En su navegador'],
  yes: 'sí',
  no: 'no',
  necessary: 'Necesaria',
  hidden: 'Anuncios ocultos',
  noneHidden: 'No hay ninguno.',
  showAgain: 'Mostrar de nuevo',
  banner:
    '¿Podemos guardar cookies en su navegador, para contar visitas y mostrar anuncios según sus intereses?',
  more: 'Detalles',
  close: 'Cerrar',
  ad: 'Anuncio',
  advertiser: 'Para',
  payer: 'Pagado por',
  because: 'Lo ve por',
  reasons: {
    place: 'su lugar: {}',
    page: 'la página en la que está',
    interest: 'su interés: {}',
    advertiser: 'lo que este anunciante guarda aquí para usted',
    device: 'su navegador o dispositivo',
    language: 'su idioma',
    time: 'la hora',
    anybody: 'nada sobre usted: es para todos aquí',
  },
  hide: 'Ocultar este anuncio',
  hiddenForGood: 'Oculto. No volverá a verlo en este navegador.',
  hiddenHere:
    'Oculto en esta página. Para recordarlo más tiempo hace falta una cookie, que usted no ha aceptado.',
};

const zhTw: Words = {
  title: '您的隱私',
  intro: '此伺服器顯示本網站的廣告。它可以做什麼由您決定；無論如何都會顯示廣告。',
  purposes: {
    measurement: [
      '統計',
      '在 Cookie 中存放一個號碼，使多日的造訪計為同一位訪客；並記錄您看過某則廣告的次數。',
    ],
    personalisation: ['興趣', '從您造訪的網頁得知的興趣，加密後只存放在您自己的瀏覽器；並依此選擇廣告。'],
    advertisers: ['廣告主的 Cookie', '您看過其廣告的廣告主可在此存放自己的值。'],
  },
  accept: '全部接受',
  refuse: '全部拒絕',
  save: '儲存選擇',
  optOut: '您的瀏覽器要求不要追蹤（Global Privacy Control），我們予以遵守。',
  nothingKept: '您的瀏覽器中不會存放任何東西。',
  interests: '您的興趣',
  noInterests: '沒有。',
  advertisers: '在此保存資料的廣告主',
  noAdvertisers: '沒有廣告主在此保存任何資料。',
  remove: '移除',
  cookies: 'Cookie',
  cookieColumns: ['名稱', '用途', '天數', '在您的瀏覽器中'],
  yes: '是',
  no: '否',
  necessary: '必要',
  hidden: '您隱藏的廣告',
  noneHidden: '沒有。',
  showAgain: '再次顯示',
  banner: '我們可以在您的瀏覽器中存放 Cookie，以統計造訪次數並依您的興趣顯示廣告嗎？',
  more: '詳細資訊',
  close: '關閉',
  ad: '廣告',
  advertiser: '廣告主',
  payer: '付費者',
  because: '您看到它是因為',
  reasons: {
    place: '您的所在地：{}',
    page: '您所在的網頁',
    interest: '您的興趣：{}',
    advertiser: '這個廣告主在此為您保存的資料',
    device: '您的瀏覽器或裝置',
    language: '您的語言',
    time: '時間',
    anybody: '與您無關：它對這裡的所有人顯示',
  },
  hide: '隱藏此廣告',
  hiddenForGood: '已隱藏。您在此瀏覽器中不會再看到它。',
  hiddenHere: '已在此頁隱藏。若要記住更久，需要您尚未同意的 Cookie。',
};

const ja: Words = {
  title: 'プライバシー',
  intro:
    'このサーバーは当サイトのバナーを表示します。何を許可するかはあなたが決めます。どちらの場合もバナーは表示されます。',
  purposes: {
    measurement: [
      '計測',
      '複数日の訪問を一人の訪問者として数えるための Cookie 内の番号と、バナーを見た回数。',
    ],
    personalisation: [
      '興味・関心',
      '閲覧したページから得た興味を暗号化してあなたのブラウザーにのみ保存し、それに基づきバナーを選びます。',
    ],
    advertisers: ['広告主の Cookie', 'バナーを見た広告主が、ここに独自の値を保存します。'],
  },
  accept: 'すべて許可',
  refuse: 'すべて拒否',
  save: '選択を保存',
  optOut: 'ブラウザーが追跡の拒否（Global Privacy Control）を求めており、それに従います。',
  nothingKept: 'ブラウザーには何も保存されません。',
  interests: 'あなたの興味',
  noInterests: 'ありません。',
  advertisers: 'ここに何かを保存している広告主',
  noAdvertisers: 'ここに何かを保存している広告主はいません。',
  remove: '削除',
  cookies: 'Cookie',
  cookieColumns: ['名前', '目的', '日数', 'ブラウザー内'],
  yes: 'はい',
  no: 'いいえ',
  necessary: '必須',
  hidden: '非表示にしたバナー',
  noneHidden: 'ありません。',
  showAgain: '再表示',
  banner: '訪問数の計測と興味に合ったバナーの表示のため、ブラウザーに Cookie を保存してもよろしいですか？',
  more: '詳細',
  close: '閉じる',
  ad: '広告',
  advertiser: '広告主',
  payer: '費用負担者',
  because: '表示の理由',
  reasons: {
    place: 'あなたの場所：{}',
    page: '閲覧中のページ',
    interest: 'あなたの興味：{}',
    advertiser: 'この広告主がここに保存しているあなたの情報',
    device: 'ブラウザーまたは端末',
    language: '言語',
    time: '時刻',
    anybody: 'あなたに関する情報は使わず、全員に表示しています',
  },
  hide: 'この広告を非表示',
  hiddenForGood: '非表示にしました。このブラウザーでは再び表示されません。',
  hiddenHere: 'このページで非表示にしました。長く記憶するには、まだ許可されていない Cookie が必要です。',
};

export const languages = { en, de, fr, es, 'zh-TW': zhTw, ja } as const;
export type Language = keyof typeof languages;

/** The language that a tag like `zh-hant-tw` or `de-AT` asks for; English where there is none of it. */
export function languageOf(tag: string): Language {
  const primary = tag.toLowerCase().split('-')[0] as string;
  if (primary === 'zh') return 'zh-TW';
  return (Object.keys(languages) as Language[]).find((language) => language === primary) ?? 'en';
}
