import { z } from 'zod';
import { optionalText, optionalUrl } from './fields.ts';

/** What reports show, and where scheduled ones go. */
export const reportSettings = {
  K_ANONYMITY: z.coerce
    .number()
    .int()
    .min(2)
    .max(1000)
    .default(10)
    .describe('Fewest visitors of a cell in the audience report; smaller ones are put together as "other".'),
  CURRENCY: z
    .string()
    .refine((code) => Intl.supportedValuesOf('currency').includes(code), {
      error: 'must be a currency of ISO 4217, like EUR',
    })
    .default('USD')
    .describe('Currency of prices, budgets and spend (ISO 4217), as screens and reports name it.'),
  SMTP_URL: optionalUrl(['smtp:', 'smtps:']).describe(
    'Mail server for invitations, new passwords and scheduled reports, with user and password, like smtps://user:password@mail.example.com. Default: none, and no e-mail is sent.',
  ),
  MAIL_FROM: optionalText
    .refine((value) => value === undefined || /^[^\r\n]*[^\s@<]@[^\s@>]+>?$/.test(value), {
      error: 'must be an address, like reports@example.com or Reports <reports@example.com>',
    })
    .describe('Sender of e-mails, like Reports <reports@example.com>.'),
  REPORTS_DIR: optionalText.describe(
    'Folder that scheduled reports are written to. Default: reports in the data directory.',
  ),
  S3_URL: optionalUrl(['http:', 'https:'])
    .transform((value) => value?.replace(/\/+$/, ''))
    .describe(
      'S3-compatible bucket for scheduled reports, its name as the last part, like https://s3.eu-central-1.amazonaws.com/our-reports. Default: none.',
    ),
  S3_REGION: z.string().min(1).default('auto').describe('Region of the bucket; many servers take any.'),
  S3_ACCESS_KEY_ID: optionalText.describe('Id of the key for the bucket.'),
  S3_SECRET_ACCESS_KEY: optionalText.describe('Secret of the key for the bucket.'),
};

/** What one setting needs of another. */
export function checkReportSettings(
  settings: {
    readonly SMTP_URL: string | undefined;
    readonly MAIL_FROM: string | undefined;
    readonly S3_URL: string | undefined;
    readonly S3_ACCESS_KEY_ID: string | undefined;
    readonly S3_SECRET_ACCESS_KEY: string | undefined;
  },
  context: z.RefinementCtx,
): void {
  const need = (because: 'SMTP_URL' | 'S3_URL', key: keyof typeof settings) => {
    if (settings[because] === undefined || settings[key] !== undefined) return;
    context.addIssue({ code: 'custom', path: [key], message: `is needed with ${because}` });
  };
  need('SMTP_URL', 'MAIL_FROM');
  need('S3_URL', 'S3_ACCESS_KEY_ID');
  need('S3_URL', 'S3_SECRET_ACCESS_KEY');
}
