import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MailServer } from '../../server/reporting/schedules/mail-server.ts';
import { seededRandom } from '../../support/random.ts';
import { startSignpost, until } from '../../support/signpost.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const schedules = 8;

interface Delivery {
  readonly target: string;
  readonly status: string;
  readonly attempts: number;
}

it(`sends each scheduled report once, the back office killed in the middle of it ${rounds} times`, {
  timeout: rounds * 60_000 + 300_000,
}, async () => {
  const random = seededRandom(seed);
  const own = mkdtempSync(join(tmpdir(), 'signpost-reports-'));
  const clockFile = join(own, 'clock');
  const setClock = (offsetMs: number) => {
    writeFileSync(`${clockFile}.next`, String(offsetMs));
    renameSync(`${clockFile}.next`, clockFile);
  };
  setClock(0);
  const mail = await MailServer.start();
  const signpost = await startSignpost({
    env: {
      CLOCK_FILE: clockFile,
      NODE_OPTIONS: `--import ${resolve(import.meta.dirname, '../clock-shim.mjs')}`,
      ...{ WORKERS: '1', REPORTS_DIR: join(own, 'out') },
      ...{ SMTP_URL: mail.url, MAIL_FROM: 'Signpost <reports@example.com>' },
    },
  });
  try {
    const ids: number[] = [];
    for (let at = 0; at < schedules; at++) {
      const schedule = await signpost.json<{ id: number }>('/report-schedules', {
        method: 'POST',
        body: {
          ...{ name: `Schedule ${at}`, report: 'traffic', dimensions: 'country', every: 'day', waitHours: 0 },
          ...{ formats: ['csv', 'xlsx', 'parquet'] },
          targets: { folder: `of-${at}`, email: [`reader-${at}@example.com`] },
        },
      });
      ids.push(schedule.id);
    }
    const historyOf = async (id: number) =>
      (await signpost.json<{ items: Delivery[] }>(`/report-schedules/${id}/deliveries`)).items;
    const open = async () =>
      (await Promise.all(ids.map(historyOf))).flat().filter(({ status }) => status !== 'delivered').length;
    let inTheMiddle = 0;
    for (let round = 0; round < rounds; round++) {
      // What the dead had claimed is free after half an hour.
      setClock((round + 1) * 31 * 60_000);
      for (const id of round === 0 ? ids : [])
        await signpost.api(`/report-schedules/${id}/deliveries`, { method: 'POST' });
      void signpost.api('/jobs/reports/runs', { method: 'POST' }).catch(() => undefined);
      await pause(random() * 700);
      const before = await Promise.all(ids.map(historyOf)).catch(() => []);
      inTheMiddle += Number(before.flat().some(({ status }) => status === 'sending'));
      const { office } = signpost.pids();
      signpost.kill9(office);
      await until('the back office is back', 60_000, () => {
        const now = signpost.pids().office;
        return now.length === 1 && !office.includes(now[0] as number);
      });
      await signpost.ready();
    }
    setClock((rounds + 2) * 31 * 60_000);
    await until(
      'all is delivered',
      120_000,
      async () => {
        await signpost.api('/jobs/reports/runs', { method: 'POST' }).catch(() => undefined);
        return (await open()) === 0;
      },
      500,
    );
    const histories = await Promise.all(ids.map(historyOf));
    const messages = mail.mails.map(({ text }) => /Message-ID: (\S+)/i.exec(text)?.[1] as string);
    const again = messages.length - new Set(messages).size;
    console.log(`KILL_SEED=${seed}`, {
      deliveries: histories.flat().length,
      inTheMiddle,
      mailsSentAgain: again,
    });
    for (const history of histories)
      expect(history.map(({ target }) => target).sort()).toEqual(['email', 'folder']);
    // A message that the mail server took while the process died is the same message; nobody can ask SMTP.
    expect(new Set(messages).size).toBe(schedules);
    expect(again).toBeLessThanOrEqual(rounds);
    for (let at = 0; at < schedules; at++) {
      const folder = join(own, 'out', `of-${at}`);
      const files = readdirSync(folder).sort();
      expect(files.map((name) => name.split('.').at(-1))).toEqual(['csv', 'parquet', 'xlsx']);
      expect(readFileSync(join(folder, files[0] as string), 'utf8')).toMatch(/^country,/);
    }
  } finally {
    await signpost.dispose();
    await mail.close();
    rmSync(own, { recursive: true, force: true });
  }
});
