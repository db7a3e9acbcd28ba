import { readXlsx } from 'hucre/xlsx';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../analytics/reports/formats/csv.ts';
import { ndjsonOf } from '../../../analytics/reports/formats/ndjson.ts';
import { parquetOf } from '../../../analytics/reports/formats/parquet.ts';
import type { Cells } from '../../../analytics/reports/formats/rows.ts';
import { xlsxOf } from '../../../analytics/reports/formats/xlsx.ts';
import type { ColumnType, ReportColumn } from '../../../analytics/reports/report.ts';

const column = (name: string, type: ColumnType, kind: ReportColumn['kind'] = 'metric'): ReportColumn => ({
  name,
  kind,
  type,
  label: name,
  definition: '',
});
const columns = [
  column('day', 'day', 'dimension'),
  column('browser', 'text', 'dimension'),
  column('clicks', 'count'),
  column('clickRate', 'ratio'),
];

async function* of(...rows: Cells[]): AsyncGenerator<Cells> {
  yield* rows;
}

async function bytesOf(source: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const text = async (source: AsyncIterable<string | Uint8Array>) => (await bytesOf(source)).toString('utf8');

describe('a report as CSV', () => {
  it('has a header and a line per row', async () => {
    const csv = await text(csvOf(columns, of(['2026-11-23', 'a "b", c', 0, null])));
    expect(csv).toBe('day,browser,clicks,clickRate\r\n2026-11-23,"a ""b"", c",0,\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '\nx', '＝1', '＠x'])(
    'keeps %j from being a formula',
    async (value) => {
      const csv = await text(csvOf(columns, of(['2026-11-23', value, -1, 0.5])));
      expect(csv.split('\r\n').slice(1).join('\r\n').replaceAll('"', '')).toBe(
        `2026-11-23,'${value},-1,0.5\r\n`,
      );
    },
  );

  it('has all rows of many', async () => {
    const rows = async function* () {
      for (let n = 0; n < 2500; n++) yield ['2026-11-23', `b${n}`, n, null];
    };
    const lines = (await text(csvOf(columns, rows()))).trimEnd().split('\r\n');
    expect(lines).toHaveLength(2501);
    expect(lines.at(-1)).toBe('2026-11-23,b2499,2499,');
  });
});

describe('a report as NDJSON', () => {
  it('has an object for each row, and nothing where there is none', async () => {
    const lines = await text(ndjsonOf(columns, of(['2026-11-23', 'a"b', 0, null], ['2026-11-24', '', 1, 1])));
    expect(lines).toBe(
      '{"day":"2026-11-23","browser":"a\\"b","clicks":0,"clickRate":null}\n' +
        '{"day":"2026-11-24","browser":"","clicks":1,"clickRate":1}\n',
    );
    expect(await text(ndjsonOf(columns, of()))).toBe('');
  });
});

describe('a report as a workbook', () => {
  it('has numbers, dates and texts, and no formulas', async () => {
    const file = await bytesOf(
      xlsxOf('Traffic', columns, of(['2026-11-23', '=1+1', 1_234_567, 0.25], ['2026-11-24', '', 0, null])),
    );
    const { sheets } = await readXlsx(file);
    expect(sheets.map(({ name }) => name)).toEqual(['Traffic']);
    const [header, first, second] = sheets[0]?.rows ?? [];
    expect(header).toEqual(['day', 'browser', 'clicks', 'clickRate']);
    expect(first).toEqual([new Date('2026-11-23T00:00:00Z'), '=1+1', 1_234_567, 0.25]);
    expect(second?.slice(2)).toEqual([0, null]);
    expect(sheets[0]?.cells?.get('1,1')?.formula).toBeUndefined();
  });
});

describe('a report as Parquet', () => {
  it('has nothing where a number is due and a text stands for several together', async () => {
    const ids = [column('site', 'id', 'dimension'), column('clicks', 'count')];
    const file = await parquetOf(ids, of([7, 1], ['other', 2]));
    expect(await parquetReadObjects({ file: new Uint8Array(file).buffer })).toEqual([
      { site: 7n, clicks: 1n },
      { site: null, clicks: 2n },
    ]);
  });

  it('has typed columns', async () => {
    const file = await parquetOf(columns, of(['2026-11-23', 'Chrome', 7, 0.25], ['2026-11-24', '', 0, null]));
    const buffer = new Uint8Array(file).buffer;
    expect(await parquetReadObjects({ file: buffer })).toEqual([
      { day: new Date('2026-11-23T00:00:00Z'), browser: 'Chrome', clicks: 7n, clickRate: 0.25 },
      { day: new Date('2026-11-24T00:00:00Z'), browser: '', clicks: 0n, clickRate: null },
    ]);
  });
});
