import { createTransport } from 'nodemailer';
import type { MailSettings } from '../../mail/index.ts';
import type { CountedReport } from '../make-report.ts';
import { localTime, rangeText, reportTexts } from '../report-text.ts';
import { escapeXml } from './chart.ts';
import type { ReportFile } from './report-files.ts';

/** Rows that a message shows; the rest is in the attachments. */
export const mailRows = 50;
/** More than this together no mail server takes. */
const mostAttachedBytes = 15 * 1024 * 1024;

export interface ReportMail {
  readonly to: readonly string[];
  readonly subject: string;
  /** The same whenever the message is sent again, so that mailboxes can tell. */
  readonly messageId: string;
  /** The report; of its rows the first are shown. */
  readonly report: CountedReport;
  readonly provisional: boolean;
  /** PNG, and what it shows, for those who do not see it. */
  readonly chart: { readonly png: Buffer; readonly alt: string } | undefined;
  readonly files: readonly ReportFile[];
}

/** What a mail server said to a message. */
export interface MailResult {
  readonly messageId: string;
  readonly accepted: readonly string[];
  /** Addresses that the server refused while it took others. */
  readonly rejected: readonly string[];
  /** Files that were too large to be attached. */
  readonly leftOut: readonly string[];
}

/** Sends a report. Rejects where the server took it for nobody; it may have been taken where the answer was lost. */
export async function sendReportMail(settings: MailSettings, mail: ReportMail): Promise<MailResult> {
  const attached = attachable(mail.files);
  const leftOut = mail.files.filter((file) => !attached.includes(file)).map(({ name }) => name);
  const transport = createTransport(settings.url, {
    from: settings.from,
    disableUrlAccess: true,
  });
  try {
    const answer = await transport.sendMail({
      ...{ to: [...mail.to], subject: mail.subject, messageId: mail.messageId },
      text: plainBody(mail, leftOut),
      html: htmlBody(mail, leftOut),
      // Vacation replies and the like are not for the sender of reports.
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: [
        ...(mail.chart === undefined
          ? []
          : [
              {
                filename: 'chart.png',
                content: mail.chart.png,
                cid: 'chart',
                contentDisposition: 'inline' as const,
              },
            ]),
        ...attached.map(({ name, path, contentType }) => ({ filename: name, path, contentType })),
      ],
    });
    const addresses = (list: readonly (string | { address: string })[] = []) =>
      list.map((entry) => (typeof entry === 'string' ? entry : entry.address));
    return {
      messageId: mail.messageId,
      accepted: addresses(answer.accepted),
      rejected: addresses(answer.rejected),
      leftOut,
    };
  } finally {
    transport.close();
  }
}

/** The files that fit into a message together, the first in front. */
function attachable(files: readonly ReportFile[]): ReportFile[] {
  let bytes = 0;
  return files.filter((file) => {
    if (bytes + file.bytes > mostAttachedBytes) return false;
    bytes += file.bytes;
    return true;
  });
}

/** Sentences under the table: what has to be known of its numbers. */
function notesOf({ report, provisional }: ReportMail, leftOut: readonly string[]): string[] {
  const { rows, totalRows, finalUntil, timeZone, notes } = report;
  const finalTime = `${localTime(finalUntil, timeZone)} (${timeZone})`;
  return [
    provisional
      ? `These numbers are provisional: they are final until ${finalTime}, and what came later may still change.`
      : `Final until ${finalTime}.`,
    ...(totalRows !== null && totalRows > shown(report)
      ? [`Shown are ${shown(report)} of ${totalRows} rows.`]
      : []),
    ...(totalRows === null && rows.length >= mailRows ? ['There are more rows than are shown.'] : []),
    ...(leftOut.length > 0 ? [`Too large to be attached: ${leftOut.join(', ')}.`] : []),
    ...notes,
  ];
}

const shown = ({ rows }: CountedReport) => Math.min(rows.length, mailRows);

/** The texts of the rows that are shown, and of the totals. */
function textsOf(report: CountedReport): string[][] {
  return reportTexts({ ...report, rows: report.rows.slice(0, mailRows) });
}

const title = ({ subject, report }: ReportMail) =>
  `${subject}${report.previous === undefined ? '' : ` (before: ${rangeText({ ...report, ...report.previous })})`}`;

function plainBody(mail: ReportMail, leftOut: readonly string[]): string {
  const heads = mail.report.columns.map(({ label }) => label);
  const rows = [heads, ...textsOf(mail.report)].map((cells) => cells.join(' | '));
  return `${title(mail)}\n\n${rows.join('\n')}\n\n${notesOf(mail, leftOut).join('\n')}\n`;
}

function htmlBody(mail: ReportMail, leftOut: readonly string[]): string {
  const { report, chart } = mail;
  const alignment = report.columns.map(({ kind, type }) =>
    kind === 'dimension' || type === 'text' ? 'left' : 'right',
  );
  const cell = (tag: 'th' | 'td', text: string, at: number) =>
    `<${tag} style="text-align:${alignment[at]};padding:4px 10px;border-bottom:1px solid #e3e6ea">${escapeXml(text)}</${tag}>`;
  const rows = textsOf(report).map(
    (cells) => `<tr>${cells.map((text, at) => cell('td', text, at)).join('')}</tr>`,
  );
  const image =
    chart === undefined
      ? ''
      : `<p><img src="cid:chart" width="640" height="240" alt="${escapeXml(chart.alt)}"></p>`;
  return [
    '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1f2933">',
    `<h1 style="font-size:18px">${escapeXml(title(mail))}</h1>`,
    image,
    '<table style="border-collapse:collapse;font-size:13px">',
    `<tr>${report.columns.map(({ label }, at) => cell('th', label, at)).join('')}</tr>`,
    ...rows,
    '</table>',
    ...notesOf(mail, leftOut).map((note) => `<p style="color:#5b6470">${escapeXml(note)}</p>`),
    '</body></html>',
  ].join('\n');
}
