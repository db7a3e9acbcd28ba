import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsoleRouter } from '../../../server/console/index.ts';

const script = 'window.a = 1;';
let directory: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'signpost-pages-'));
  mkdirSync(path.join(directory, 'assets'));
  writeFileSync(
    path.join(directory, 'index.html'),
    '<script nonce="__NONCE__" src="/assets/a-1.js"></script>',
  );
  writeFileSync(path.join(directory, 'assets', 'a-1.js'), script);
  writeFileSync(path.join(directory, 'assets', 'a-1.js.gz'), gzipSync(script));
  writeFileSync(path.join(directory, 'secret'), 'secret');
  const app = express();
  app.use(createConsoleRouter({ deliveryOrigin: 'https://ads.example.com', directory }));
  app.use((_request, response) => void response.status(404).send('nothing'));
  server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const get = (address: string, headers: Record<string, string> = { accept: 'text/html' }) =>
  fetch(`${origin}${address}`, { headers });

describe('the router of the console', () => {
  it('sends the page at every address of a screen, with a policy of its own each time', async () => {
    const nonces = new Set<string>();
    for (const address of ['/', '/campaigns/12', '/welcome']) {
      const answer = await get(address);
      const text = await answer.text();
      const nonce = /nonce="([^"]+)"/.exec(text)?.[1] ?? '';
      const policy = answer.headers.get('content-security-policy') ?? '';
      nonces.add(nonce);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
    }
    expect(nonces.size).toBe(3);
  });

  it('leaves to others what is theirs, and what no browser window asks for', async () => {
    for (const address of ['/api/v1/nothing', '/v1/ad', '/demo/nothing', '/metrics', '/readyz']) {
      expect([address, (await get(address)).status]).toEqual([address, 404]);
    }
    expect((await get('/robots.txt', { accept: 'application/json' })).status).toBe(404);
    expect((await fetch(`${origin}/`, { method: 'POST', headers: { accept: 'text/html' } })).status).toBe(
      404,
    );
  });

  it('sends the document of snippet previews with a policy that takes its origin away', async () => {
    const answer = await get('/snippet-preview');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'unsafe-inline'",
      "style-src 'unsafe-inline'",
      'img-src data: https://ads.example.com',
      'font-src https://ads.example.com',
      'sandbox allow-scripts',
      "frame-ancestors 'self'",
    ]);
    expect(answer.headers.get('set-cookie')).toBe(null);
  });

  it('sends files compressed where they may be, to be kept for good', async () => {
    for (const encoding of ['gzip', 'identity']) {
      const answer = await get('/assets/a-1.js', { 'accept-encoding': encoding });
      expect(await answer.text()).toBe(script);
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
      expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    }
  });

  it('sends no file but its own', async () => {
    for (const address of ['/assets/none.js', '/assets/..%2fsecret', '/assets/%00']) {
      expect([address, (await get(address)).status]).toEqual([address, 404]);
    }
  });
});
