import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { givenUpEver, limitSpool } from '../../../analytics/index.ts';
import { scratchSpool, writeSegment } from '../clickhouse/support.ts';

/** Nothing is asked of it: it only stands for those that wait for each other. */
const clickhouse = {} as ClickHouse;
const types = ['page_view', 'ad_request', 'page_view', 'click', 'page_view', 'impression'];
const line = (type: string, id: number) => `{"type":"${type}","id":"${String(id).padStart(16, '0')}"}\n`;
const now = () => 1_700_000_000_000;

let spoolDir: string;
let stripped: Set<string>;
beforeEach(() => {
  spoolDir = scratchSpool();
  stripped = new Set();
  for (let at = 0; at < 10; at++)
    writeSegment(spoolDir, `s${at}`, types.map((type, id) => line(type, at * 10 + id)).join(''));
});

const limited = (maxBytes: number) => limitSpool({ clickhouse, spoolDir, maxBytes, stripped, now });
const typesIn = (name: string) =>
  [...readFileSync(join(spoolDir, name), 'utf8').matchAll(/"type":"(\w+)"/g)].map(([, type]) => type);
const segments = () =>
  readdirSync(spoolDir)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
const whole = types.map((type, id) => line(type, id)).join('').length;

describe('the limit of the spool', () => {
  it('leaves all as it is up to the limit', async () => {
    expect(await limited(10 * whole)).toEqual({ pageViews: 0, moneyEvents: 0 });
    expect(segments().flatMap(typesIn)).toHaveLength(60);
    expect(await givenUpEver(spoolDir)).toEqual({ pageViews: 0, moneyEvents: 0, lastMs: 0 });
  });

  it('gives up the oldest page views first, no more than it has to, and counts them', async () => {
    expect(await limited(9 * whole)).toEqual({ pageViews: 9, moneyEvents: 0 });
    expect(typesIn('s2.jsonl')).toEqual(['ad_request', 'click', 'impression']);
    expect(typesIn('s3.jsonl')).toEqual(types);
    expect(await givenUpEver(spoolDir)).toEqual({ pageViews: 9, moneyEvents: 0, lastMs: now() });
    expect(await limited(9 * whole)).toEqual({ pageViews: 0, moneyEvents: 0 });
    expect(readdirSync(spoolDir).filter((name) => !name.endsWith('.jsonl'))).toEqual(['given-up.json']);
  });

  it('gives up money events only when no page view is left, the oldest first', async () => {
    expect(await limited(2 * whole)).toEqual({ pageViews: 30, moneyEvents: 21 });
    expect(segments()).toEqual(['s7.jsonl', 's8.jsonl', 's9.jsonl']);
    expect(segments().flatMap(typesIn)).not.toContain('page_view');
    writeSegment(spoolDir, 'young', line('page_view', 1).repeat(30));
    expect(await limited(2 * whole)).toEqual({ pageViews: 30, moneyEvents: 0 });
    expect(await givenUpEver(spoolDir)).toMatchObject({ pageViews: 60, moneyEvents: 21 });
  });

  it('never touches what a worker still writes, nor lines that it cannot read', async () => {
    writeSegment(spoolDir, 'torn', `torn "page_vi\n${line('page_view', 1)}`);
    writeFileSync(join(spoolDir, 'x.open'), line('page_view', 1).repeat(200));
    await limited(9 * whole);
    expect(readFileSync(join(spoolDir, 'x.open'), 'utf8')).toBe(line('page_view', 1).repeat(200));
    expect(segments()).toEqual([]);
  });
});
