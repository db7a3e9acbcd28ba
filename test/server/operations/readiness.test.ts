import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, it } from 'vitest';
import {
  jobsCheck,
  machineOfficeChecks,
  type OfficeCheck,
  Readiness,
  readinessRouter,
} from '../../../server/operations/index.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function ready(...checks: (() => OfficeCheck | readonly OfficeCheck[])[]) {
  const app = express().use(readinessRouter(new Readiness(checks)));
  server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`);
  return { status: answer.status, body: (await answer.json()) as { ready: boolean; checks: OfficeCheck[] } };
}

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 12);
const state = {
  atMs: nowMs,
  spool: { segments: 3, bytes: 900, limitBytes: 1000, oldestMs: nowMs - 2 * hourMs },
  givenUp: { pageViews: 0, moneyEvents: 0, lastMs: 0 },
  disk: { freeBytes: 50e9, sizeBytes: 100e9 },
};

it('says in words what needs somebody, and is ready all the same', async () => {
  const { status, body } = await ready(
    () => jobsCheck(['ship is late.'], 4),
    () => machineOfficeChecks(state, nowMs),
    () => machineOfficeChecks(undefined, nowMs),
  );
  expect(status).toBe(200);
  expect(body.ready).toBe(true);
  expect(body.checks.map(({ name, warnings }) => [name, warnings])).toEqual([
    ['jobs', ['ship is late.']],
    [
      'shipping',
      [
        'Shipping is late: the oldest events have waited for ClickHouse for 2 h.',
        expect.stringContaining('90 % of SPOOL_MAX_BYTES'),
      ],
    ],
    ['disk', undefined],
  ]);
});

it('is not ready where a check is not ok', async () => {
  const { status, body } = await ready(() => ({ name: 'database', ok: false, detail: 'Gone.' }));
  expect(status).toBe(503);
  expect(body).toEqual({ ready: false, checks: [{ name: 'database', ok: false, detail: 'Gone.' }] });
});
