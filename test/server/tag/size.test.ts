import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildBundle } from '../../support/browser.ts';

test('the page tag is at most 1.5 KB gzip', async () => {
  const code = await buildBundle('server/tag/tag.ts');
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(1536);
});

test('the page tag names no host, no cookie and no storage, and evaluates nothing', async () => {
  const code = await buildBundle('server/tag/tag.ts');
  expect(code).not.toMatch(
    /https?:|\/\/|cookie|localStorage|sessionStorage|indexedDB|caches|eval|Function\(|innerHTML/,
  );
});
