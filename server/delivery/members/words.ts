/** What members read on the pages that mails lead to, and on the page about themselves, in one language. */
export interface MemberWords {
  readonly verify: {
    readonly title: string;
    readonly ask: string;
    readonly button: string;
    readonly done: string;
  };
  readonly reset: { readonly title: string; readonly button: string; readonly done: string };
  readonly unsubscribe: {
    readonly title: string;
    readonly ask: string;
    readonly button: string;
    readonly done: string;
  };
  /** A link that was used, is too old, or was never one. */
  readonly over: string;
  readonly email: string;
  readonly password: string;
  readonly newPassword: string;
  readonly currentPassword: string;
  readonly passwordHint: string;
  readonly signIn: string;
  readonly signOut: string;
  readonly wrong: string;
  readonly tooOften: string;
  readonly failed: string;
  readonly forgotten: { readonly title: string; readonly button: string; readonly done: string };
  readonly about: { readonly title: string; readonly intro: string };
  readonly data: string;
  readonly createdAt: string;
  readonly verifiedAt: string;
  readonly signIns: string;
  readonly nothing: string;
  readonly yes: string;
  readonly no: string;
  readonly correct: {
    readonly title: string;
    readonly name: string;
    readonly language: string;
    readonly button: string;
  };
  readonly saved: string;
  readonly news: {
    readonly title: string;
    readonly on: string;
    readonly off: string;
    readonly optIn: string;
    readonly optOut: string;
  };
  readonly changePassword: string;
  readonly export: { readonly title: string; readonly ask: string; readonly button: string };
  readonly erase: {
    readonly title: string;
    readonly ask: string;
    readonly confirm: string;
    readonly button: string;
    readonly done: string;
  };
}

const en: MemberWords = {
  verify: {
    title: 'Confirm your e-mail address',
    ask: 'With this the account is yours.',
    button: 'Confirm',
    done: 'Thank you. Your e-mail address is confirmed, and you can sign in.',
  },
  reset: {
    title: 'Set a new password',
    button: 'Set password',
    done: 'Your new password is set. Sign in with it.',
  },
  unsubscribe: {
    title: 'News and offers',
    ask: 'Do you want no more news and offers?',
    button: 'Unsubscribe',
    done: 'You get no more news and offers.',
  },
  over: 'This link was used already, or is too old. Ask for a new one.',
  email: 'E-mail address',
  password: 'Password',
  newPassword: 'New password',
  currentPassword: 'Current password',
  passwordHint: 'At least 12 characters.',
  signIn: 'Sign in',
  signOut: 'Sign out',
  wrong: 'E-mail address or password is wrong.',
  tooOften: 'Too many attempts. Wait a few minutes.',
  failed: 'That did not work. Please try again later.',
  forgotten: {
    title: 'Forgotten the password?',
    button: 'Send me a link',
    done: 'If there is an account with this address, a link is on its way to it.',
  },
  about: {
    title: 'Your account',
    intro: 'All that is kept about you as a member, and what you can do with it.',
  },
  data: 'What is kept about you',
  createdAt: 'Member since',
  verifiedAt: 'Address confirmed',
  signIns: 'Sign-ins',
  nothing: 'nothing',
  yes: 'yes',
  no: 'no',
  correct: { title: 'Correct it', name: 'Name', language: 'Language', button: 'Save' },
  saved: 'Saved.',
  news: {
    title: 'News and offers',
    on: 'You get news and offers by e-mail.',
    off: 'You get no news and offers.',
    optIn: 'Yes, send me news and offers',
    optOut: 'Send me no more',
  },
  changePassword: 'Change password',
  export: {
    title: 'Take it with you',
    ask: 'Everything that is kept about you, as a file (JSON).',
    button: 'Download',
  },
  erase: {
    title: 'Erase your account',
    ask: 'Everything that is kept about you becomes unreadable at once, in backups too. This cannot be undone.',
    confirm: 'Yes, erase all of it',
    button: 'Erase',
    done: 'Your account is erased.',
  },
};

const de: MemberWords = {
  verify: {
    title: 'E-Mail-Adresse bestätigen',
    ask: 'Damit gehört das Konto Ihnen.',
    button: 'Bestätigen',
    done: 'Danke. Ihre E-Mail-Adresse ist bestätigt, und Sie können sich anmelden.',
  },
  reset: {
    title: 'Neues Passwort setzen',
    button: 'Passwort setzen',
    done: 'Ihr neues Passwort ist gesetzt. Melden Sie sich damit an.',
  },
  unsubscribe: {
    title: 'Neuigkeiten und Angebote',
    ask: 'Möchten Sie keine Neuigkeiten und Angebote mehr?',
    button: 'Abbestellen',
    done: 'Sie erhalten keine Neuigkeiten und Angebote mehr.',
  },
  over: 'Dieser Link wurde schon benutzt oder ist zu alt. Fordern Sie einen neuen an.',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  currentPassword: 'Bisheriges Passwort',
  passwordHint: 'Mindestens 12 Zeichen.',
  signIn: 'Anmelden',
  signOut: 'Abmelden',
  wrong: 'E-Mail-Adresse oder Passwort ist falsch.',
  tooOften: 'Zu viele Versuche. Warten Sie ein paar Minuten.',
  failed: 'Das hat nicht geklappt. Bitte versuchen Sie es später noch einmal.',
  forgotten: {
    title: 'Passwort vergessen?',
    button: 'Link zusenden',
    done: 'Wenn es ein Konto mit dieser Adresse gibt, ist ein Link dorthin unterwegs.',
  },
  about: {
    title: 'Ihr Konto',
    intro: 'Alles, was über Sie als Mitglied gespeichert ist, und was Sie damit tun können.',
  },
  data: 'Was über Sie gespeichert ist',
  createdAt: 'Mitglied seit',
  verifiedAt: 'Adresse bestätigt',
  signIns: 'Anmeldungen',
  nothing: 'nichts',
  yes: 'ja',
  no: 'nein',
  correct: { title: 'Berichtigen', name: 'Name', language: 'Sprache', button: 'Speichern' },
  saved: 'Gespeichert.',
  news: {
    title: 'Neuigkeiten und Angebote',
    on: 'Sie erhalten Neuigkeiten und Angebote per E-Mail.',
    off: 'Sie erhalten keine Neuigkeiten und Angebote.',
    optIn: 'Ja, bitte zusenden',
    optOut: 'Nicht mehr zusenden',
  },
  changePassword: 'Passwort ändern',
  export: {
    title: 'Mitnehmen',
    ask: 'Alles, was über Sie gespeichert ist, als Datei (JSON).',
    button: 'Herunterladen',
  },
  erase: {
    title: 'Konto löschen',
    ask: 'Alles, was über Sie gespeichert ist, wird sofort unlesbar, auch in Sicherungen. Das lässt sich nicht rückgängig machen.',
    confirm: 'Ja, alles löschen',
    button: 'Löschen',
    done: 'Ihr Konto ist gelöscht.',
  },
};

const fr: MemberWords = {
  verify: {
    title: 'Confirmer votre adresse e-mail',
    ask: 'Le compte sera alors le vôtre.',
    button: 'Confirmer',
    done: 'Merci. Votre adresse est confirmée ; vous pouvez vous connecter.',
  },
  reset: {
    title: 'Définir un nouveau mot de passe',
    button: 'Définir le mot de passe',
    done: 'Votre nouveau mot de passe est défini. Connectez-vous avec lui.',
  },
  unsubscribe: {
    title: 'Actualités et offres',
    ask: 'Ne plus recevoir d’actualités ni d’offres ?',
    button: 'Se désabonner',
    done: 'Vous ne recevrez plus d’actualités ni d’offres.',
  },
  over: 'Ce lien a déjà servi ou est trop ancien. Demandez-en un nouveau.',
  email: 'Adresse e-mail',
  password: 'Mot de passe',
  newPassword: 'Nouveau mot de passe',
  currentPassword: 'Mot de passe actuel',
  passwordHint: 'Au moins 12 caractères.',
  signIn: 'Se connecter',
  signOut: 'Se déconnecter',
  wrong: 'L’adresse e-mail ou le mot de passe est incorrect.',
  tooOften: 'Trop de tentatives. Attendez quelques minutes.',
  failed: 'Cela n’a pas fonctionné. Veuillez réessayer plus tard.',
  forgotten: {
    title: 'Mot de passe oublié ?',
    button: 'M’envoyer un lien',
    done: 'S’il existe un compte avec cette adresse, un lien vient d’y être envoyé.',
  },
  about: {
    title: 'Votre compte',
    intro: 'Tout ce qui est conservé sur vous en tant que membre, et ce que vous pouvez en faire.',
  },
  data: 'Ce qui est conservé sur vous',
  createdAt: 'Membre depuis',
  verifiedAt: 'Adresse confirmée',
  signIns: 'Connexions',
  nothing: 'rien',
  yes: 'oui',
  no: 'non',
  correct: { title: 'Corriger', name: 'Nom', language: 'Langue', button: 'Enregistrer' },
  saved: 'Enregistré.',
  news: {
    title: 'Actualités et offres',
    on: 'Vous recevez des actualités et des offres par e-mail.',
    off: 'Vous ne recevez ni actualités ni offres.',
    optIn: 'Oui, envoyez-m’en',
    optOut: 'Ne plus m’en envoyer',
  },
  changePassword: 'Changer le mot de passe',
  export: {
    title: 'L’emporter',
    ask: 'Tout ce qui est conservé sur vous, dans un fichier (JSON).',
    button: 'Télécharger',
  },
  erase: {
    title: 'Effacer votre compte',
    ask: 'Tout ce qui est conservé sur vous devient illisible aussitôt, y compris dans les sauvegardes. C’est irréversible.',
    confirm: 'Oui, tout effacer',
    button: 'Effacer',
    done: 'Votre compte est effacé.',
  },
};

const es: MemberWords = {
  verify: {
    title: 'Confirmar su dirección de correo',
    ask: 'Con esto la cuenta es suya.',
    button: 'Confirmar',
    done: 'Gracias. Su dirección está confirmada y ya puede iniciar sesión.',
  },
  reset: {
    title: 'Definir una contraseña nueva',
    button: 'Definir contraseña',
    done: 'Su nueva contraseña está definida. Inicie sesión con ella.',
  },
  unsubscribe: {
    title: 'Novedades y ofertas',
    ask: '¿No quiere recibir más novedades ni ofertas?',
    button: 'Darse de baja',
    done: 'Ya no recibirá novedades ni ofertas.',
  },
  over: 'Este enlace ya se usó o es demasiado antiguo. Pida uno nuevo.',
  email: 'Correo electrónico',
  password: 'Contraseña',
  newPassword: 'Contraseña nueva',
  currentPassword: 'Contraseña actual',
  passwordHint: 'Al menos 12 caracteres.',
  signIn: 'Iniciar sesión',
  signOut: 'Cerrar sesión',
  wrong: 'El correo o la contraseña no son correctos.',
  tooOften: 'Demasiados intentos. Espere unos minutos.',
  failed: 'No ha funcionado. Inténtelo más tarde.',
  forgotten: {
    title: '¿Olvidó la contraseña?',
    button: 'Enviarme un enlace',
    done: 'Si existe una cuenta con esta dirección, un enlace va en camino.',
  },
  about: {
    title: 'Su cuenta',
    intro: 'Todo lo que se guarda de usted como miembro, y lo que puede hacer con ello.',
  },
  data: 'Lo que se guarda de usted',
  createdAt: 'Miembro desde',
  verifiedAt: 'Dirección confirmada',
  signIns: 'Inicios de sesión',
  nothing: 'nada',
  yes: 'sí',
  no: 'no',
  correct: { title: 'Corregir', name: 'Nombre', language: 'Idioma', button: 'Guardar' },
  saved: 'Guardado.',
  news: {
    title: 'Novedades y ofertas',
    on: 'Recibe novedades y ofertas por correo.',
    off: 'No recibe novedades ni ofertas.',
    optIn: 'Sí, envíenmelas',
    optOut: 'No enviar más',
  },
  changePassword: 'Cambiar contraseña',
  export: {
    title: 'Llevárselo',
    ask: 'Todo lo que se guarda de usted, en un archivo (JSON).',
    button: 'Descargar',
  },
  erase: {
    title: 'Borrar su cuenta',
    ask: 'Todo lo que se guarda de usted queda ilegible de inmediato, también en las copias de seguridad. No se puede deshacer.',
    confirm: 'Sí, borrarlo todo',
    button: 'Borrar',
    done: 'Su cuenta está borrada.',
  },
};

const zhTw: MemberWords = {
  verify: {
    title: '確認您的電子郵件地址',
    ask: '確認後，帳號即屬於您。',
    button: '確認',
    done: '謝謝。您的電子郵件地址已確認，可以登入了。',
  },
  reset: { title: '設定新密碼', button: '設定密碼', done: '新密碼已設定，請以新密碼登入。' },
  unsubscribe: {
    title: '最新消息與優惠',
    ask: '您不想再收到最新消息與優惠嗎？',
    button: '取消訂閱',
    done: '您不會再收到最新消息與優惠。',
  },
  over: '此連結已使用過或已過期，請重新索取。',
  email: '電子郵件地址',
  password: '密碼',
  newPassword: '新密碼',
  currentPassword: '目前密碼',
  passwordHint: '至少 12 個字元。',
  signIn: '登入',
  signOut: '登出',
  wrong: '電子郵件地址或密碼錯誤。',
  tooOften: '嘗試次數過多，請稍候幾分鐘。',
  failed: '未能完成，請稍後再試。',
  forgotten: { title: '忘記密碼？', button: '寄送連結', done: '若有使用此地址的帳號，連結已寄出。' },
  about: { title: '您的帳號', intro: '我們保存的您的會員資料，以及您可以進行的操作。' },
  data: '保存的資料',
  createdAt: '加入時間',
  verifiedAt: '地址確認時間',
  signIns: '登入紀錄',
  nothing: '無',
  yes: '是',
  no: '否',
  correct: { title: '更正', name: '姓名', language: '語言', button: '儲存' },
  saved: '已儲存。',
  news: {
    title: '最新消息與優惠',
    on: '您會以電子郵件收到最新消息與優惠。',
    off: '您不會收到最新消息與優惠。',
    optIn: '好，請寄給我',
    optOut: '不再寄送',
  },
  changePassword: '變更密碼',
  export: { title: '帶走資料', ask: '保存的所有資料，以檔案（JSON）提供。', button: '下載' },
  erase: {
    title: '刪除帳號',
    ask: '保存的所有資料會立即無法讀取，備份中的也一樣。此操作無法復原。',
    confirm: '是，全部刪除',
    button: '刪除',
    done: '您的帳號已刪除。',
  },
};

const ja: MemberWords = {
  verify: {
    title: 'メールアドレスの確認',
    ask: '確認すると、アカウントはあなたのものになります。',
    button: '確認する',
    done: 'ありがとうございます。メールアドレスが確認されました。ログインできます。',
  },
  reset: {
    title: '新しいパスワードの設定',
    button: 'パスワードを設定',
    done: '新しいパスワードが設定されました。ログインしてください。',
  },
  unsubscribe: {
    title: 'お知らせとキャンペーン',
    ask: 'お知らせとキャンペーンの配信を停止しますか？',
    button: '配信停止',
    done: 'お知らせとキャンペーンの配信を停止しました。',
  },
  over: 'このリンクは使用済みか、期限切れです。新しいリンクをお求めください。',
  email: 'メールアドレス',
  password: 'パスワード',
  newPassword: '新しいパスワード',
  currentPassword: '現在のパスワード',
  passwordHint: '12 文字以上。',
  signIn: 'ログイン',
  signOut: 'ログアウト',
  wrong: 'メールアドレスまたはパスワードが違います。',
  tooOften: '試行回数が多すぎます。数分お待ちください。',
  failed: 'うまくいきませんでした。後でもう一度お試しください。',
  forgotten: {
    title: 'パスワードをお忘れですか？',
    button: 'リンクを送る',
    done: 'このアドレスのアカウントがあれば、リンクを送りました。',
  },
  about: { title: 'アカウント', intro: '会員としてのあなたについて保存されているすべてと、できること。' },
  data: '保存されている情報',
  createdAt: '登録日時',
  verifiedAt: 'アドレスの確認日時',
  signIns: 'ログイン履歴',
  nothing: 'なし',
  yes: 'はい',
  no: 'いいえ',
  correct: { title: '訂正', name: '名前', language: '言語', button: '保存' },
  saved: '保存しました。',
  news: {
    title: 'お知らせとキャンペーン',
    on: 'お知らせとキャンペーンをメールで受け取っています。',
    off: 'お知らせとキャンペーンを受け取っていません。',
    optIn: '受け取る',
    optOut: '受け取りをやめる',
  },
  changePassword: 'パスワードの変更',
  export: { title: '持ち出す', ask: '保存されているすべてをファイル（JSON）で。', button: 'ダウンロード' },
  erase: {
    title: 'アカウントの消去',
    ask: '保存されているすべてが、バックアップを含めて直ちに読めなくなります。元に戻せません。',
    confirm: 'はい、すべて消去します',
    button: '消去',
    done: 'アカウントは消去されました。',
  },
};

export const memberWords = { en, de, fr, es, 'zh-TW': zhTw, ja } as const;
