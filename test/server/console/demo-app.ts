import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { createDemoRouter, type DemoRouterOptions } from '../../../server/console/demo-router.ts';
import type { DemoZones } from '../../../server/console/demo-wire.ts';
import { AppError, problemOf } from '../../../server/errors.ts';

export interface DemoApp {
  readonly origin: string;
  zones: DemoZones | null;
  close(): Promise<void>;
}

export const demoZones: DemoZones = { siteId: 3, leaderboard: 13, rectangle: 12 };

/** The demo router in an application with an error handler like the console's, in front of a fake delivery. */
export async function startDemoApp(
  options: Partial<DemoRouterOptions> &
    Pick<DemoRouterOptions, 'deliveryOrigin'> & { readonly script?: string },
): Promise<DemoApp> {
  const directory = await mkdtemp(path.join(tmpdir(), 'signpost-demo-'));
  const scriptFile = path.join(directory, 'demo.js');
  await writeFile(scriptFile, options.script ?? '');
  const application = express();
  application.use(
    createDemoRouter({
      demoZones: async () => app.zones,
      visitorCounts: async () => ({
        pageViews: 3,
        impressions: 6,
        visitors: 2,
        countries: [
          { country: 'TW', visitors: 1 },
          { country: null, visitors: 1 },
        ],
        lastEventAtMs: 4000,
        shippingEveryMs: 2000,
      }),
      locate: (address) =>
        address === '168.95.1.1' ? { country: 'TW', region: 'TW-TPE', city: 'Taipei' } : {},
      explain: async ({ zone, address }) => ({
        candidates: [{ lineItem: 'Taiwan', matched: true, why: `zone ${zone} at ${address}` }],
        winner: 'Taiwan',
      }),
      describeCreative: async (id) => (id === 1013 ? { advertiser: 'Lantern', lineItem: 'Taiwan' } : null),
      now: () => 5000,
      scriptFile,
      ...options,
    }),
  );
  application.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const known =
      error instanceof AppError ? error : new AppError('internal', 'unexpected', { cause: error });
    response
      .status(known.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemOf(known)));
  });
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = application.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const app: DemoApp = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    zones: demoZones,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true });
    },
  };
  return app;
}
