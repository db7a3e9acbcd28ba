import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { columnNames, lineSelect, lineStructure } from '../../analytics/events/columns.ts';
import {
  browserFields,
  demandFields,
  eventLine,
  locationFields,
  migrateClickHouse,
  openClickHouse,
  shipSegments,
  zoneFields,
} from '../../analytics/index.ts';
import { unknownLocation } from '../../geo-db/index.ts';
import { pick, seededRandom } from '../support/random.ts';
import type { Figures } from './main.ts';
import { median } from './processes.ts';

const rowsPerSegment = 100_000;
const segments = 8;
const rounds = 3;

/** Shipping a backlog of segments, against the engine's own INSERT … SELECT FROM file(…) of the same files. */
export async function benchShip(print: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  const logger = pino({ level: 'error' });
  const clickhouse = await openClickHouse({ url: undefined, dataDir: folder, logger });
  try {
    await migrateClickHouse(clickhouse, logger);
    const files = await writeSegments(folder);
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const spoolDir = join(folder, 'spool');
    mkdirSync(spoolDir);
    await clickhouse.command('CREATE TABLE plain AS events');
    const times = { ship: [] as number[], engine: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      for (const [at, file] of files.entries())
        await copyFile(file, join(spoolDir, `1700000000000_1_1_round${round}_${at}.jsonl`));
      times.ship.push(await timed(() => shipSegments({ clickhouse, spoolDir, logger })));
      times.engine.push(
        await timed(async () => {
          for (const file of files) {
            const from = `file('${file}', JSONEachRow, '${lineStructure}')`;
            await clickhouse.command(
              `INSERT INTO plain (${columnNames.join(', ')}) SELECT ${lineSelect} FROM ${from}`,
            );
          }
        }),
      );
    }
    const rows = rowsPerSegment * segments;
    const rate = (ms: number[]) => rows / (median(ms) / 1000);
    print(`${rows} rows of ${Math.round(bytes / rows)} bytes in ${segments} segments`);
    print(`shipping ${Math.round(rate(times.ship))} rows/s, engine ${Math.round(rate(times.engine))} rows/s`);
    return { ship_vs_engine: rate(times.ship) / rate(times.engine) };
  } finally {
    await clickhouse.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function writeSegments(folder: string): Promise<string[]> {
  const random = seededRandom(11);
  const browser = browserFields({
    browser: 'Chrome',
    browserVersion: 140,
    os: 'Windows',
    osVersion: '10',
    device: 'desktop',
  });
  const countries = ['US', 'DE', 'TW', 'BR', 'IN', 'JP'];
  const files: string[] = [];
  const start = Date.UTC(2026, 10, 1);
  const hex = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  for (let segment = 0; segment < segments; segment++) {
    const file = join(folder, `segment${segment}`);
    const stream = createWriteStream(file);
    for (let row = 0; row < rowsPerSegment; row++) {
      const location = {
        ...unknownLocation,
        country: pick(countries, random),
        region: 'US-CA',
        city: 'Los Angeles',
      };
      const fields =
        zoneFields(1 + (row % 10), 1 + (row % 50)) +
        demandFields(row % 30, row % 300, row % 3000, row % 9000) +
        locationFields(location, 20_260_605) +
        browser +
        ',"language":"en-us","page":"https://news.example.com/2026/11/some-article"';
      const time = start + segment * 3_600_000 + Math.floor(random() * 3_600_000);
      const line = eventLine(
        'ad_request',
        hex() + hex(),
        time,
        time,
        hex() + hex(),
        '203.0.113.0/24',
        fields,
      );
      if (!stream.write(line)) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'close');
    files.push(file);
  }
  return files;
}
