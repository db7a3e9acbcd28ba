import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { type OfficeClient, withOffice } from './office-client.ts';
import { textTable } from './text-table.ts';

/** As the API has them. */
interface Schedule {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly report: string;
  readonly every: string;
  readonly weekday: number | null;
  readonly hour: number;
  readonly timeZone: string;
  readonly formats: readonly string[];
  readonly targets: {
    readonly email?: readonly string[];
    readonly folder?: string;
    readonly bucket?: string;
  };
}
interface Delivery {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly target: string;
  readonly status: string;
  readonly attempts: number;
  readonly provisional: boolean | null;
  readonly nextAt: string | null;
  readonly endedAt: string | null;
  readonly error: string | null;
}

/** The fields of a schedule as the command line has them; what is not given stays, or has its default. */
export interface ScheduleOptions {
  readonly name?: string;
  readonly report?: string;
  readonly by?: string;
  readonly metrics?: string;
  readonly filter?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly compare?: string;
  readonly every?: string;
  readonly weekday?: string;
  readonly hour?: string;
  readonly tz?: string;
  readonly formats?: string;
  readonly email?: string;
  readonly folder?: string;
  readonly bucket?: string;
  readonly waitHours?: string;
  readonly status?: string;
  /** Of a change: names of fields that are to be as if they had never been given. */
  readonly unset?: string;
}

export async function listSchedules(settings: Settings): Promise<void> {
  const items = await withOffice(settings, async (office) => itemsOf<Schedule>(office, '/report-schedules'));
  if (items.length === 0) process.stdout.write('There are no scheduled reports.\n');
  else print(items);
}

export async function addSchedule(settings: Settings, options: ScheduleOptions): Promise<void> {
  print([await send(settings, 'POST', '/report-schedules', options)]);
}

export async function changeSchedule(
  settings: Settings,
  id: string,
  options: ScheduleOptions,
): Promise<void> {
  print([await send(settings, 'PATCH', pathOf(id), options)]);
}

export async function removeSchedule(settings: Settings, id: string): Promise<void> {
  await withOffice(settings, (office) => office.fetch(pathOf(id), { method: 'DELETE' }));
  process.stdout.write(`Removed scheduled report ${id}; its history stays.\n`);
}

export async function sendNow(settings: Settings, id: string): Promise<void> {
  printHistory(
    await withOffice(settings, async (office) => {
      await itemsOf<Delivery>(office, `${pathOf(id)}/deliveries`, 'POST');
      await office.fetch('/jobs/reports/runs', { method: 'POST' });
      const all = await itemsOf<Delivery>(office, `${pathOf(id)}/deliveries`);
      return all.filter(({ firstDay }) => firstDay === all[0]?.firstDay);
    }),
  );
}

export async function scheduleHistory(settings: Settings, id: string): Promise<void> {
  const path = `${pathOf(id)}/deliveries`;
  printHistory(await withOffice(settings, (office) => itemsOf<Delivery>(office, path)));
}

const pathOf = (id: string) => `/report-schedules/${encodeURIComponent(id)}`;

async function itemsOf<Item>(office: OfficeClient, path: string, method = 'GET'): Promise<readonly Item[]> {
  return ((await (await office.fetch(path, { method })).json()) as { items: Item[] }).items;
}

async function send(
  settings: Settings,
  method: 'POST' | 'PATCH',
  path: string,
  options: ScheduleOptions,
): Promise<Schedule> {
  const body = JSON.stringify(bodyOf(options));
  const headers = { 'Content-Type': 'application/json' };
  return withOffice(settings, async (office) => {
    const answer = await office.fetch(path, { method, headers, body });
    return (await answer.json()) as Schedule;
  });
}

function bodyOf({ by, tz, email, folder, bucket, formats, unset, ...rest }: ScheduleOptions): object {
  const { limit, weekday, hour, waitHours, ...texts } = rest;
  const targets = { email: email === undefined ? undefined : split(email), folder, bucket };
  return {
    ...texts,
    ...{ dimensions: by, timeZone: tz },
    ...{ limit: whole('limit', limit), weekday: whole('weekday', weekday) },
    ...{ hour: whole('hour', hour), waitHours: whole('wait-hours', waitHours) },
    formats: formats === undefined ? undefined : split(formats),
    targets: Object.values(targets).every((value) => value === undefined) ? undefined : targets,
    ...Object.fromEntries(
      (unset === undefined ? [] : split(unset)).map((name) => [name === 'by' ? 'dimensions' : name, null]),
    ),
  };
}

function whole(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError('invalid_input', `--${option} has to be a whole number, not "${text}".`);
}

function split(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function print(schedules: readonly Schedule[]): void {
  const rows = schedules.map(
    ({ id, name, report, every, weekday, hour, timeZone, status, formats, targets }) => {
      const when = weekday === null ? every : `${every}, ${weekdays[weekday - 1]}`;
      const where = [
        ...(targets.email ?? []),
        ...(targets.folder === undefined ? [] : [`folder ${targets.folder}`.trim()]),
        ...(targets.bucket === undefined ? [] : [`bucket ${targets.bucket}`.trim()]),
      ];
      const at = `${when}, ${String(hour).padStart(2, '0')}:00 ${timeZone}`;
      return [String(id), name, report, `every ${at}`, formats.join(', '), where.join(', '), status];
    },
  );
  const heads = ['id', 'name', 'report', 'when', 'files', 'to', 'status'];
  process.stdout.write(textTable(heads, rows, [true, false, false, false, false, false, false]));
}

function printHistory(deliveries: readonly Delivery[]): void {
  if (deliveries.length === 0) {
    process.stdout.write('Nothing was sent yet.\n');
    return;
  }
  const rows = deliveries.map((delivery) => [
    delivery.firstDay === delivery.lastDay
      ? delivery.firstDay
      : `${delivery.firstDay} to ${delivery.lastDay}`,
    delivery.target,
    delivery.provisional === true ? `${delivery.status}, provisional` : delivery.status,
    String(delivery.attempts),
    delivery.endedAt ?? `next try ${delivery.nextAt}`,
    delivery.error ?? '',
  ]);
  const heads = ['period', 'to', 'status', 'tries', 'when (UTC)', 'why'];
  process.stdout.write(textTable(heads, rows, [false, false, false, true, false, false]));
}
