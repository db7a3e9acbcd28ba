import { createTransport } from 'nodemailer';

export interface MailSettings {
  /** Like `smtps://user:password@mail.example.com`. */
  readonly url: string;
  readonly from: string;
}

/** A message of plain text to one person. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  /** Paragraphs; one that is an address and nothing else becomes a link. */
  readonly paragraphs: readonly string[];
  /** BCP 47. */
  readonly language: string;
}

/** Sends a letter. Rejects where the server did not take it; it may have been taken where the answer was lost. */
export async function sendLetter(settings: MailSettings, letter: Letter): Promise<void> {
  const transport = createTransport(settings.url, { from: settings.from, disableUrlAccess: true });
  try {
    await transport.sendMail({
      ...{ to: { name: '', address: letter.to }, subject: letter.subject },
      text: `${letter.paragraphs.join('\n\n')}\n`,
      html: htmlOf(letter),
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': letter.language },
    });
  } finally {
    transport.close();
  }
}

function htmlOf({ subject, paragraphs, language }: Letter): string {
  const shown = paragraphs.map((text) =>
    /^https?:\/\/\S+$/.test(text) ? `<a href="${escaped(text)}">${escaped(text)}</a>` : escaped(text),
  );
  return [
    `<!doctype html><html lang="${escaped(language)}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>`,
    '<body style="font-family:sans-serif;font-size:15px;line-height:1.5;color:#1f2933">',
    ...shown.map((text) => `<p>${text}</p>`),
    '</body></html>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
