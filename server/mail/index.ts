export { type Letter, type MailSettings, sendLetter } from './letter.ts';
