import { type MailParts, sendMails } from '../server/index.ts';
import type { Job } from './job.ts';

export function mailJob(parts: MailParts): Job {
  return {
    name: 'mail',
    description: 'Sends invitations, and links to set a new password.',
    schedule: '*/10 * * * * *',
    run: (context) => sendMails(parts, context),
  };
}
