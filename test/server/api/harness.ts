import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { expect } from 'vitest';
import { createApiKey, localIdentity } from '../../../server/accounts/index.ts';
import { type ApiDependencies, createApi, type Route } from '../../../server/api/index.ts';
import type { Database } from '../../../server/database/index.ts';
import { errorCatalogue } from '../../../server/errors.ts';
import { type Sealer, sealerOf } from '../../../server/secrets/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

/** The fields of bodies that tests look at by name; further ones are there too. */
export interface AnswerBody {
  readonly [field: string]: unknown;
  readonly id?: number;
  readonly name?: string;
  readonly status?: unknown;
  readonly domain?: string;
  readonly targeting?: unknown;
  readonly updatedAt?: string;
  readonly items?: readonly { readonly id: number }[];
  readonly next?: number | string | null;
  readonly asset?: string;
  readonly html?: string;
  readonly type?: string;
  readonly title?: string;
  readonly code?: keyof typeof errorCatalogue;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly openapi?: string;
  readonly paths?: object;
  readonly components?: object;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: AnswerBody;
}

export interface Harness {
  readonly url: string;
  readonly key: string;
  readonly database: Database;
  readonly sealer: Sealer;
  readonly server: Server;
  /** Lines that were logged. */
  readonly log: string[];
  readonly changes: () => number;
  call(method: string, path: string, body?: unknown, init?: RequestInit): Promise<Answer>;
  close(): Promise<void>;
}

export const localToken = 'local-token-of-this-test';

/** The API over a fresh database, on a free port. It takes `X-Test-Address` for the address of a client. */
export async function startApi(
  more: readonly Route[] | ((db: Database['db']) => readonly Route[]) = [],
  options: Partial<ApiDependencies> = {},
): Promise<Harness> {
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => log.push(line) });
  const database = await openMigratedDatabase(logger);
  const routes = typeof more === 'function' ? more(database.db) : more;
  let changes = 0;
  const app = express();
  const inventoryChanged = () => {
    changes += 1;
  };
  const sealer = sealerOf([randomBytes(32)]);
  const publicUrl = 'https://ads.example.com';
  const consoleUrl = 'https://console.example.com';
  const addressOf = ({ headers }: IncomingMessage) => String(headers['x-test-address']);
  app.use(
    '/api/v1',
    createApi({
      networkOf: () => '192.0.2.0/24',
      addressOf,
      db: database.db,
      sealer,
      logger,
      publicUrl,
      consoleUrl,
      localToken,
      inventoryChanged,
      routes,
      ...options,
    }),
  );
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  // The first user, whom the database comes with, is an administrator.
  const { key } = await createApiKey(database.db, localIdentity, { name: 'admin', userId: 1 });
  return {
    ...{ url, key, sealer, database, server, log },
    changes: () => changes,
    async call(method, path, body, init = {}) {
      const headers: Record<string, string> = { Authorization: `Bearer ${key}` };
      if (body !== undefined && !(body instanceof Uint8Array)) headers['Content-Type'] = 'application/json';
      return ask(`${url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
        ...init,
        headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
    },
  };
}

/** One request. Whatever is answered with an error has to be a problem document out of the catalogue. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const body = /json/.test(type) && text !== '' ? (JSON.parse(text) as AnswerBody) : {};
  if (response.status >= 400 && init.method !== 'HEAD') {
    expect(type).toBe('application/problem+json');
    const { code } = body;
    expect(code === undefined ? undefined : errorCatalogue[code]).toEqual({
      status: response.status,
      title: body.title,
    });
    expect(body.type).toBe(`urn:signpost:error:${code}`);
    expect(body.status).toBe(response.status);
    expect(body.detail).toMatch(/\S/);
  }
  return { status: response.status, headers: response.headers, text, body };
}
