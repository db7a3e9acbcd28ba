import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSnapshot } from '../../../server/inventory/index.ts';
import { sensitiveTopic } from '../../../server/inventory/sensitive.ts';
import { type Harness, startApi } from './harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('interests', () => {
  it('are categories and segments, and reach delivery with the inventory', async () => {
    const category = {
      ...{
        name: 'storage',
        titles: { en: 'Storage', de: 'Lagerung' },
        pages: ['https://shop.example/storage/*'],
      },
      keyValues: [{ key: 'section', in: ['storage'] }],
    };
    const created = await api.call('POST', '/interest-categories', category);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...category, siteId: null, status: 'active' });
    const before = api.changes();
    const segment = await api.call('POST', '/segments', { name: 'movers', categories: ['storage'] });
    expect(segment.body).toMatchObject({ name: 'movers', categories: ['storage'], match: 'any', atLeast: 3 });
    expect(api.changes()).toBe(before + 1);
    const patched = await api.call('PATCH', `/segments/${segment.body.id}`, { atLeast: 5 });
    expect(patched.body).toMatchObject({ atLeast: 5, categories: ['storage'] });
    await api.call('POST', '/advertisers', { name: 'Tea House', payer: 'Tea Holding' });

    const snapshot = await compileSnapshot(api.database.db);
    expect(snapshot.categories).toEqual([{ id: created.body.id, siteId: null, ...category }]);
    expect(snapshot.segments).toEqual([
      { name: 'movers', categories: ['storage'], match: 'any', atLeast: 5 },
    ]);
    expect(snapshot.advertisers).toMatchObject([{ name: 'Tea House', payer: 'Tea Holding' }]);

    await api.call('DELETE', `/segments/${segment.body.id}`);
    expect((await compileSnapshot(api.database.db)).segments).toEqual([]);
  });

  it.each([
    ['/interest-categories', { name: 'Has Spaces' }, '/name'],
    ['/interest-categories', { name: 'storage' }, '/name'],
    ['/interest-categories', { name: 'x', siteId: 99 }, '/siteId'],
    ['/interest-categories', { name: 'x', pages: ['a b'] }, '/pages/0'],
    ['/interest-categories', { name: 'x', titles: { tlh: 'Qapla' } }, '/titles/tlh'],
    ['/interest-categories', { name: 'womens-health' }, '/name'],
    ['/interest-categories', { name: 'x', titles: { de: 'Politik und Wahlen' } }, '/name'],
    ['/segments', { name: 'x', categories: ['unknown'] }, '/categories/0'],
    ['/segments', { name: 'x', categories: [] }, '/categories'],
  ])('%s refuses %j', async (path, body, field) => {
    const answer = await api.call('POST', path, body);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([422, field]);
  });

  it('about what the law guards most are told by their words, and others are let be', () => {
    const sensitive = ['Gesundheit', 'hiv', 'Trade union news', '宗教', 'same-sex', 'gay-bars', 'Grossesse'];
    for (const text of sensitive) expect([text, sensitiveTopic([text])]).toEqual([text, expect.any(String)]);
    const fine = ['storage', 'Essex walks', 'moving', 'credit-union', 'horse racing', 'Reisen', '旅行'];
    for (const text of fine) expect([text, sensitiveTopic([text])]).toEqual([text, undefined]);
  });
});
