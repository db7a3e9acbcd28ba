import { join } from 'node:path';
import type { Places } from '../reporting/index.ts';
import type { Settings } from '../settings/index.ts';

/** Where the settings let scheduled reports go. */
export function reportPlaces(settings: Settings): Places {
  const { SMTP_URL, MAIL_FROM, S3_URL, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = settings;
  return {
    folder: settings.REPORTS_DIR ?? join(settings.DATA_DIR, 'reports'),
    mail: SMTP_URL === undefined || MAIL_FROM === undefined ? undefined : { url: SMTP_URL, from: MAIL_FROM },
    bucket:
      S3_URL === undefined || S3_ACCESS_KEY_ID === undefined || S3_SECRET_ACCESS_KEY === undefined
        ? undefined
        : {
            url: S3_URL,
            region: settings.S3_REGION,
            accessKeyId: S3_ACCESS_KEY_ID,
            secretAccessKey: S3_SECRET_ACCESS_KEY,
          },
  };
}
