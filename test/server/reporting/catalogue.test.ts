import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { reports } from '../../../analytics/index.ts';
import { catalogueText } from './catalogue-text.ts';

/** Where this fails, look at what changed, then write it anew: `npx vitest run test/server/reporting/catalogue.test.ts -u`. */
test('docs/report-catalogue.md has every report as it is', async () => {
  const file = fileURLToPath(new URL('../../../docs/report-catalogue.md', import.meta.url));
  await expect(catalogueText(Object.values(reports))).toMatchFileSnapshot(file);
});
