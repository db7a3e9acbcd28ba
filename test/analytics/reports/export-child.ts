import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { exportReport, type FileFormat } from '../../../analytics/reports/export.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';

const silent = pino({ level: 'silent' });

/**
 * Called without formats, makes events of which a report has a million rows. Else exports that report in each, and
 * prints by how many bytes the process was at most larger than after a small report, and how many lines the file has.
 */
const [dataDir = '', ...formats] = process.argv.slice(2);
const rows = 1_000_000;
const clickhouse = await openClickHouse({ url: undefined, dataDir, logger: silent });
await migrateClickHouse(clickhouse, silent);
const nowMs = Date.UTC(2026, 10, 23, 12);
if (formats.length === 0) await fill();
else process.stdout.write(JSON.stringify(await grown()));
await clickhouse.close();

async function fill(): Promise<void> {
  await clickhouse.command(
    `INSERT INTO events (time, origin, type, id, zone, line_item, country)
   SELECT toDateTime64('2026-11-22 12:00:00', 3, 'UTC') AS at, at, 'impression', number, number % 1000, intDiv(number, 1000), 'TW'
   FROM numbers(${rows}) SETTINGS max_insert_threads = 1`,
  );
  await rollUp({ clickhouse, nowMs, logger: silent });
}

async function make(format: FileFormat, zone?: number): Promise<void> {
  const made = await exportReport(
    { clickhouse, now: new Date(nowMs) },
    'traffic',
    {
      from: new Date(nowMs - 86_400_000),
      to: new Date(nowMs),
      timeZone: 'UTC',
      dimensions: ['zone', 'lineItem', 'country'],
      metrics: ['impressions', 'clicks', 'clickRate'],
      filters: zone === undefined ? [] : [{ dimension: 'zone', operator: 'eq', values: [zone] }],
    },
    format,
    `${dataDir}/scratch`,
  );
  await pipeline(made.content, createWriteStream(`${dataDir}/out.${format}`));
  await made.close();
}

async function grown(): Promise<Record<string, { bytes: number; lines: number }>> {
  const found: Record<string, { bytes: number; lines: number }> = {};
  for (const format of formats as FileFormat[]) {
    await make(format, 1);
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    let peak = before;
    const sampler = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 5);
    await make(format);
    clearInterval(sampler);
    found[format] = { bytes: peak - before, lines: await linesOf(`${dataDir}/out.${format}`) };
  }
  return found;
}

async function linesOf(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file)) {
    for (const byte of chunk as Buffer) if (byte === 10) lines++;
  }
  return lines;
}
