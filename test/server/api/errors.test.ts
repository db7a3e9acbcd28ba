import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../../server/errors.ts';

describe('docs/errors.md', () => {
  const text = readFileSync(fileURLToPath(new URL('../../../docs/errors.md', import.meta.url)), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\d{3}) \| (.+) \|$/gm)];

  it('lists the codes of the catalogue with their statuses, each once', () => {
    const documented = rows.map(([, code, status]) => `${code} ${status}`);
    const catalogue = Object.entries(errorCatalogue).map(([code, { status }]) => `${code} ${status}`);
    expect(documented.sort()).toEqual(catalogue.sort());
  });

  it('says of each what to do about it', () => {
    for (const [, code, , what] of rows) expect(`${code}: ${what}`).toMatch(/: .{20,}\.$/);
  });
});
