import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  allowedByTcf,
  cookieKinds,
  cookieTable,
  type Purpose,
  purposes,
} from '../../../server/audience/purposes.ts';
import { settingsSchema } from '../../../server/settings/index.ts';

const text = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8');

it('docs/privacy.md has the table of purposes as the code has it', () => {
  for (const [name, purpose] of Object.entries(purposes)) {
    const cookies = purpose.cookies.map((kind) => `\`${cookieTable[kind].name}\``).join(', ') || 'none';
    const tcf = purpose.tcf.join(', ') || 'none needed';
    const optOut = purpose.optOut ? 'takes it away' : 'leaves it';
    expect(text).toContain(
      `| \`${name}\` | ${purpose.does} | ${cookies} | ${purpose.storage} | \`${purpose.visitorNumber}\` | ${tcf} | ${optOut} |`,
    );
  }
});

it('docs/privacy.md has the table of cookies as the code has it', () => {
  const rows = cookieKinds.map((kind) => {
    const { name, purposes: allowedBy, lifeDays, holds } = cookieTable[kind];
    return `| \`${name}\` | ${allowedBy.join(', ')} | ${lifeDays} days | ${holds} |`;
  });
  for (const row of rows) expect(text).toContain(row);
  expect(text.match(/^\| `signpost-.*\d days \|/gm)).toHaveLength(rows.length);
});

it('cookies and purposes name each other', () => {
  for (const kind of cookieKinds) {
    for (const [name, purpose] of Object.entries(purposes)) {
      const has = (purpose.cookies as readonly string[]).includes(kind);
      expect([kind, name, has]).toEqual([kind, name, cookieTable[kind].purposes.includes(name as Purpose)]);
    }
  }
  expect(allowedByTcf((purpose) => purpose === 7)).toBe(0);
});

it('docs/privacy.md names every setting of consent with its default', () => {
  for (const [key, schema] of Object.entries(settingsSchema.shape)) {
    if (!/^(CONSENT|INTEREST|AD_MARK)/.test(key)) continue;
    expect(text).toContain(`| \`${key}\` | ${schema.parse(undefined) ?? 'none'} |`);
  }
});
