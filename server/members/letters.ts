import { type Language, languages } from '../delivery/privacy/words.ts';
import type { Letter } from '../mail/index.ts';

export type MemberLetterKind = 'verify' | 'exists' | 'password' | 'email' | 'country';

interface Text {
  readonly subject: string;
  /** `{site}`: its domain; `{country}`: the name of one. */
  readonly why: string;
  readonly otherwise: string;
}

type Texts = Readonly<Record<MemberLetterKind, Text>>;

const en: Texts = {
  verify: {
    subject: 'Please confirm your e-mail address',
    why: 'Somebody, probably you, registered at {site} with this address. If it was you, confirm it here:',
    otherwise:
      'If it was not you, ignore this message: without confirmation it is forgotten after three days.',
  },
  exists: {
    subject: 'You have an account already',
    why: 'Somebody, probably you, tried to register at {site} with this address, which has an account there already. Sign in with it, or choose a new password.',
    otherwise: 'If it was not you, there is nothing to do: nothing was changed.',
  },
  password: {
    subject: 'Choose a new password',
    why: 'Somebody, probably you, asked for a new password at {site}. Choose it here:',
    otherwise: 'If it was not you, there is nothing to do: your password still holds.',
  },
  email: {
    subject: 'Please confirm your new e-mail address',
    why: 'To use this address for your account at {site}, confirm it here:',
    otherwise: 'If it was not you, ignore this message.',
  },
  country: {
    subject: 'A sign-in from another country',
    why: 'Somebody signed in to your account at {site} from a country that is new for it: {country}.',
    otherwise: 'If it was not you, choose a new password: that ends all sessions.',
  },
};
const de: Texts = {
  verify: {
    subject: 'Bitte bestätigen Sie Ihre E-Mail-Adresse',
    why: 'Jemand, vermutlich Sie, hat sich mit dieser Adresse bei {site} registriert. Wenn Sie es waren, bestätigen Sie hier:',
    otherwise:
      'Wenn nicht, beachten Sie diese Nachricht nicht: Ohne Bestätigung wird alles nach drei Tagen vergessen.',
  },
  exists: {
    subject: 'Sie haben bereits ein Konto',
    why: 'Jemand, vermutlich Sie, wollte sich mit dieser Adresse bei {site} registrieren, die dort schon ein Konto hat. Melden Sie sich damit an, oder wählen Sie ein neues Passwort.',
    otherwise: 'Wenn Sie es nicht waren, ist nichts zu tun: Es wurde nichts geändert.',
  },
  password: {
    subject: 'Wählen Sie ein neues Passwort',
    why: 'Jemand, vermutlich Sie, bat um ein neues Passwort bei {site}. Wählen Sie es hier:',
    otherwise: 'Wenn Sie es nicht waren, ist nichts zu tun: Ihr Passwort gilt weiter.',
  },
  email: {
    subject: 'Bitte bestätigen Sie Ihre neue E-Mail-Adresse',
    why: 'Um diese Adresse für Ihr Konto bei {site} zu verwenden, bestätigen Sie sie hier:',
    otherwise: 'Wenn Sie es nicht waren, beachten Sie diese Nachricht nicht.',
  },
  country: {
    subject: 'Anmeldung aus einem anderen Land',
    why: 'Jemand hat sich aus einem für Ihr Konto bei {site} neuen Land angemeldet: {country}.',
    otherwise: 'Wenn Sie es nicht waren, wählen Sie ein neues Passwort: Das beendet alle Sitzungen.',
  },
};
const fr: Texts = {
  verify: {
    subject: 'Veuillez confirmer votre adresse e-mail',
    why: 'Quelqu’un, sans doute vous, s’est inscrit sur {site} avec cette adresse. Si c’était vous, confirmez ici :',
    otherwise: 'Sinon, ignorez ce message : sans confirmation, tout est oublié après trois jours.',
  },
  exists: {
    subject: 'Vous avez déjà un compte',
    why: 'Quelqu’un, sans doute vous, a voulu s’inscrire sur {site} avec cette adresse, qui y a déjà un compte. Connectez-vous, ou choisissez un nouveau mot de passe.',
    otherwise: 'Si ce n’était pas vous, il n’y a rien à faire : rien n’a été modifié.',
  },
  password: {
    subject: 'Choisissez un nouveau mot de passe',
    why: 'Quelqu’un, sans doute vous, a demandé un nouveau mot de passe sur {site}. Choisissez-le ici :',
    otherwise: 'Si ce n’était pas vous, il n’y a rien à faire : votre mot de passe reste valable.',
  },
  email: {
    subject: 'Veuillez confirmer votre nouvelle adresse e-mail',
    why: 'Pour utiliser cette adresse avec votre compte sur {site}, confirmez ici :',
    otherwise: 'Si ce n’était pas vous, ignorez ce message.',
  },
  country: {
    subject: 'Une connexion depuis un autre pays',
    why: 'Quelqu’un s’est connecté à votre compte sur {site} depuis un pays nouveau pour ce compte : {country}.',
    otherwise:
      'Si ce n’était pas vous, choisissez un nouveau mot de passe : cela met fin à toutes les sessions.',
  },
};
const es: Texts = {
  verify: {
    subject: 'Confirme su dirección de correo',
    why: 'Alguien, probablemente usted, se registró en {site} con esta dirección. Si fue usted, confírmelo aquí:',
    otherwise: 'Si no, ignore este mensaje: sin confirmación, todo se olvida a los tres días.',
  },
  exists: {
    subject: 'Ya tiene una cuenta',
    why: 'Alguien, probablemente usted, quiso registrarse en {site} con esta dirección, que ya tiene una cuenta. Inicie sesión con ella o elija una contraseña nueva.',
    otherwise: 'Si no fue usted, no hay nada que hacer: nada ha cambiado.',
  },
  password: {
    subject: 'Elija una contraseña nueva',
    why: 'Alguien, probablemente usted, pidió una contraseña nueva en {site}. Elíjala aquí:',
    otherwise: 'Si no fue usted, no hay nada que hacer: su contraseña sigue siendo válida.',
  },
  email: {
    subject: 'Confirme su nueva dirección de correo',
    why: 'Para usar esta dirección con su cuenta en {site}, confírmela aquí:',
    otherwise: 'Si no fue usted, ignore este mensaje.',
  },
  country: {
    subject: 'Inicio de sesión desde otro país',
    why: 'Alguien inició sesión en su cuenta de {site} desde un país nuevo para ella: {country}.',
    otherwise: 'Si no fue usted, elija una contraseña nueva: eso cierra todas las sesiones.',
  },
};
const zhTw: Texts = {
  verify: {
    subject: '請確認您的電子郵件地址',
    why: '有人（可能是您本人）以此地址在 {site} 註冊。若是您本人，請在此確認：',
    otherwise: '若不是您本人，請忽略此信：未經確認的資料三天後會刪除。',
  },
  exists: {
    subject: '您已經有帳號',
    why: '有人（可能是您本人）想以此地址在 {site} 註冊，但此地址在那裡已有帳號。請以此登入，或設定新密碼。',
    otherwise: '若不是您本人，您不必採取任何動作：沒有任何變更。',
  },
  password: {
    subject: '設定新密碼',
    why: '有人（可能是您本人）要求重設 {site} 的密碼。請在此設定：',
    otherwise: '若不是您本人，您不必採取任何動作，目前的密碼仍然有效。',
  },
  email: {
    subject: '請確認您的新電子郵件地址',
    why: '若要將此地址用於您在 {site} 的帳號，請在此確認：',
    otherwise: '若不是您本人，請忽略此信。',
  },
  country: {
    subject: '來自其他國家的登入',
    why: '有人從對您在 {site} 的帳號而言的新國家登入：{country}。',
    otherwise: '若不是您本人，請設定新密碼：所有工作階段都會結束。',
  },
};
const ja: Texts = {
  verify: {
    subject: 'メールアドレスをご確認ください',
    why: 'このアドレスで {site} に登録がありました。ご本人の場合は、こちらで確認してください：',
    otherwise: 'お心当たりがない場合は無視してください。確認がなければ三日後に削除されます。',
  },
  exists: {
    subject: 'すでにアカウントがあります',
    why: 'このアドレスで {site} への登録が試みられましたが、すでにアカウントがあります。ログインするか、新しいパスワードを設定してください。',
    otherwise: 'お心当たりがない場合、対応は不要です。何も変更されていません。',
  },
  password: {
    subject: '新しいパスワードの設定',
    why: '{site} の新しいパスワードが求められました。こちらで設定してください：',
    otherwise: 'お心当たりがない場合、対応は不要です。現在のパスワードは有効です。',
  },
  email: {
    subject: '新しいメールアドレスをご確認ください',
    why: 'このアドレスを {site} のアカウントで使うには、こちらで確認してください：',
    otherwise: 'お心当たりがない場合は無視してください。',
  },
  country: {
    subject: '別の国からのログイン',
    why: '{site} のアカウントに、これまでになかった国からログインがありました：{country}。',
    otherwise: 'お心当たりがない場合は、新しいパスワードを設定してください。すべてのセッションが終了します。',
  },
};

const texts: Readonly<Record<Language, Texts>> = { en, de, fr, es, 'zh-TW': zhTw, ja };

export const memberLanguages = Object.keys(languages) as [Language, ...Language[]];

/** A letter to a member, in their language. */
export function memberLetter(
  kind: MemberLetterKind,
  about: {
    readonly to: string;
    readonly language: Language;
    /** Domain of the site. */
    readonly site: string;
    readonly url: string;
    /** ISO 3166-1. */
    readonly country?: string;
  },
): Letter {
  const { to, language, site, url, country } = about;
  const text = texts[language][kind];
  const named =
    country === undefined
      ? ''
      : (new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(country) ?? country);
  const why = text.why.replace('{site}', site).replace('{country}', named);
  return { to, subject: text.subject, paragraphs: [why, url, text.otherwise], language };
}
