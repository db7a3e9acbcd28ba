import type { Letter } from '../mail/index.ts';

/** Languages that people are written to in. */
export const languages = ['en', 'zh-TW'] as const;
export type Language = (typeof languages)[number];

export type LetterKind = 'invitation' | 'reset';

interface LinkLetter {
  readonly to: string;
  readonly name: string;
  readonly language: Language;
  /** Where the password is set. */
  readonly url: string;
  readonly expiresAt: Date;
}

interface Text {
  readonly subject: string;
  readonly hello: (name: string) => string;
  /** @param host of the console */
  readonly why: (host: string) => string;
  readonly until: (time: string) => string;
  readonly otherwise: string;
}

const texts: Readonly<Record<Language, Readonly<Record<LetterKind, Text>>>> = {
  en: {
    invitation: {
      subject: 'Your invitation to Signpost',
      hello: (name) => `Hello ${name},`,
      why: (host) => `You have been invited to Signpost at ${host}. Choose your password here:`,
      until: (time) => `The link works once, until ${time}.`,
      otherwise: 'If you did not expect this message, you can ignore it.',
    },
    reset: {
      subject: 'A new password for Signpost',
      hello: (name) => `Hello ${name},`,
      why: (host) =>
        `Somebody, probably you, asked for a new password for Signpost at ${host}. Choose it here:`,
      until: (time) => `The link works once, until ${time}.`,
      otherwise: 'If it was not you, there is nothing to do: your password still holds.',
    },
  },
  'zh-TW': {
    invitation: {
      subject: '您的 Signpost 邀請',
      hello: (name) => `${name} 您好：`,
      why: (host) => `您已受邀使用 ${host} 上的 Signpost。請開啟以下連結設定密碼：`,
      until: (time) => `此連結只能使用一次，有效期限至 ${time}。`,
      otherwise: '若您並未預期收到這封信，請直接忽略。',
    },
    reset: {
      subject: '重設您的 Signpost 密碼',
      hello: (name) => `${name} 您好：`,
      why: (host) => `有人（可能是您本人）要求重設 ${host} 上 Signpost 的密碼。請開啟以下連結設定新密碼：`,
      until: (time) => `此連結只能使用一次，有效期限至 ${time}。`,
      otherwise: '若不是您本人的要求，您不必採取任何動作，目前的密碼仍然有效。',
    },
  },
};

/** The letter that brings somebody a link, in their language. */
export function linkLetter(kind: LetterKind, { to, name, language, url, expiresAt }: LinkLetter): Letter {
  const text = texts[language][kind];
  const time = new Intl.DateTimeFormat(language, {
    ...{ dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' },
  }).format(expiresAt);
  const paragraphs = [
    text.hello(name),
    text.why(new URL(url).host),
    url,
    text.until(`${time} UTC`),
    text.otherwise,
  ];
  return { to, subject: text.subject, paragraphs, language };
}
