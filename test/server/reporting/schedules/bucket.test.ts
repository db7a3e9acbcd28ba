import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { putIntoBucket } from '../../../../server/reporting/schedules/bucket.ts';
import { scratchDirectory, seededRandom } from '../../../analytics/clickhouse/support.ts';
import { accessKeyId, ObjectStore, secretAccessKey } from './object-store.ts';

let store: ObjectStore;
beforeAll(async () => {
  store = await ObjectStore.start();
});
afterAll(() => store.close());

const random = seededRandom(4);
function file(name: string, bytes: number) {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 4096) content.writeUInt32BE(Math.floor(random() * 2 ** 32), at);
  const path = `${scratchDirectory()}/${name}`;
  writeFileSync(path, content);
  return { file: { name, path, bytes, contentType: 'text/csv' }, content };
}
const settings = () => ({ url: store.url, region: 'eu-central-1', accessKeyId, secretAccessKey });

it('puts a large file in parts, and all of it', async () => {
  const { file: large, content } = file('large.csv', 20 * 1024 * 1024 + 5);
  expect(await putIntoBucket(settings(), 'a/b', [large])).toEqual(['a/b/large.csv']);
  expect(store.objects.get('a/b/large.csv')?.equals(content)).toBe(true);
});

it('puts an empty file', async () => {
  const { file: empty } = file('empty.csv', 0);
  await putIntoBucket(settings(), '', [empty]);
  expect(store.objects.get('empty.csv')).toHaveLength(0);
});

it('is refused where the secret is wrong', async () => {
  const { file: small } = file('small.csv', 10);
  const wrong = { ...settings(), secretAccessKey: 'wrong' };
  await expect(putIntoBucket(wrong, '', [small])).rejects.toThrow(/403|SignatureDoesNotMatch/);
  expect(store.objects.has('small.csv')).toBe(false);
});
