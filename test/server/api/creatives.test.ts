import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSnapshot } from '../../../server/inventory/index.ts';
import { zipOf } from '../../support/zip.ts';
import { type AnswerBody, type Harness, startApi } from './harness.ts';

let api: Harness;
let lineItemId: number;
let asset: string;
let double: string;
let bundle: string;

const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
const make = async (path: string, body: object) => Number((await api.call('POST', path, body)).body.id);
const upload = async (path: string, bytes: Uint8Array) =>
  String((await api.call('POST', path, bytes)).body.asset);
const creative = (body: object) =>
  api.call('POST', '/creatives', { lineItemId, name: 'C', clickUrl: 'https://shop.example/', ...body });
const paths = (body: AnswerBody) => body.errors?.map(({ path }) => path);

beforeAll(async () => {
  api = await startApi();
  const advertiserId = await make('/advertisers', { name: 'A' });
  const campaignId = await make('/campaigns', { advertiserId, name: 'C' });
  lineItemId = await make('/line-items', { campaignId, name: 'L', type: 'house' });
  asset = await upload('/assets', await png(300, 250));
  double = await upload('/assets', await png(600, 500));
  const page = '<meta name="ad.size" content="width=300,height=250"><script>var clickTag</script>';
  bundle = await upload('/bundles', zipOf([{ name: 'ad/index.html', content: page }]));
});
afterAll(() => api.close());

describe('creatives', () => {
  it('of every type are made, read and put into the snapshot', async () => {
    const size = { width: 300, height: 250 };
    const wanted = [
      { type: 'image', asset, asset2x: double },
      { type: 'html5', asset: bundle, links: { clickTag2: 'https://shop.example/2' } },
      { type: 'html', html: '<a href="{click_url:a}">', links: { a: 'https://shop.example/a' }, ...size },
      { type: 'text', headline: 'H {city}', text: 'T', ...size },
      { type: 'native', title: 'T', body: 'B', sponsor: 'S', asset, ...size },
    ];
    for (const body of wanted) {
      const made = await creative(body);
      expect([made.status, made.body]).toMatchObject([201, { ...body, width: 300, height: 250 }]);
      expect((await api.call('GET', `/creatives/${made.body.id}`)).body).toEqual(made.body);
    }
    const { creatives } = await compileSnapshot(api.database.db);
    expect(creatives).toMatchObject([
      { type: 'image', asset: `${asset}.png`, asset2x: `${double}.png` },
      { type: 'html5', asset: `${bundle}.bundle`, entry: 'ad/index.html' },
      {
        type: 'html',
        html: '<a href="{click_url:a}">',
        thirdParty: false,
        links: { a: 'https://shop.example/a' },
      },
      { type: 'text', headline: 'H {city}' },
      { type: 'native', title: 'T', asset: `${asset}.png` },
    ]);
    expect(creatives[0]).not.toHaveProperty('links');
  });

  it('keep their macros in landings, which otherwise take the form of a header', async () => {
    const made = await creative({ asset, clickUrl: 'https://exämple.com/{city}/ü?z={zone_enc}&o={other}' });
    expect(made.body['clickUrl']).toBe('https://xn--exmple-cua.com/{city}/%C3%BC?z={zone_enc}&o={other}');
  });

  it.each<[string, () => object, string]>([
    ['a macro in the host', () => ({ asset, clickUrl: 'https://{city}.example/' }), '/clickUrl'],
    ['a macro as a user', () => ({ asset, clickUrl: 'https://{city}@shop.example/' }), '/clickUrl'],
    ['a link that is no URL', () => ({ asset, links: { a: 'javascript:alert(1)' } }), '/links/a'],
    [
      'a link without a proper name',
      () => ({ asset, links: { 'a/b': 'https://shop.example' } }),
      '/links/a~1b',
    ],
    ['a bundle as an image', () => ({ asset: bundle }), '/asset'],
    ['an image as a bundle', () => ({ type: 'html5', asset }), '/asset'],
    ['a double that is none', () => ({ asset, asset2x: asset }), '/asset2x'],
    ['a text without a size', () => ({ type: 'text', headline: 'H' }), '/width'],
    [
      'a field of another type',
      () => ({ type: 'text', headline: 'H', width: 1, height: 1, html: 'x' }),
      '/html',
    ],
    [
      'a snippet that names no link of its own',
      () => ({ type: 'html', html: '{click_url:no}', width: 1, height: 1 }),
      '/html',
    ],
    ['a type that there is not', () => ({ type: 'flash', asset }), '/type'],
  ])('with %s are refused', async (_, body, path) => {
    const answer = await creative(body());
    expect([answer.status, paths(answer.body)]).toEqual([422, expect.arrayContaining([path])]);
  });

  it('change within their type, checked as when they are made', async () => {
    const { id } = (await creative({ type: 'html', html: '<b>', width: 300, height: 250 })).body;
    const change = (body: object) => api.call('PATCH', `/creatives/${id}`, body);
    const bold = await change({ html: '<i>', thirdParty: true });
    expect(bold.body).toMatchObject({ html: '<i>', thirdParty: true, width: 300 });
    expect((await change({ width: 728, height: 90 })).body).toMatchObject({
      width: 728,
      height: 90,
      html: '<i>',
    });
    expect(paths((await change({ headline: 'x' })).body)).toEqual(['/headline']);
    expect(paths((await change({ html: '{click_url:a}' })).body)).toEqual(['/html']);
    const both = await change({ html: '{click_url:a}', links: { a: 'https://shop.example/a' } });
    expect(both.status).toBe(200);
    // Without the link, the snippet that is there would not fit any more.
    expect(paths((await change({ links: {} })).body)).toEqual(['/html']);

    const image = (await creative({ asset, asset2x: double })).body;
    const none = await api.call('PATCH', `/creatives/${image.id}`, { asset2x: null });
    expect(none.body['asset2x']).toBeNull();
    expect(none.body).toMatchObject({ asset, width: 300, height: 250 });
  });
});

describe('bundles', () => {
  it('say what is in them', async () => {
    const answer = await api.call('POST', '/bundles', zipOf([{ name: 'index.html', content: '<p>' }]));
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { entry: 'index.html', width: null, height: null, files: 1, bytes: 3, clickTag: false },
    ]);
    expect(paths((await creative({ type: 'html5', asset: answer.body.asset })).body)).toEqual(['/width']);
  });

  it.each<[string, Uint8Array, number, string]>([
    ['no zip', Buffer.from('hello'), 422, 'bundle_broken'],
    ['a zip without a page', zipOf([{ name: 'a.js', content: '' }]), 422, 'invalid_input'],
    ['too much', new Uint8Array(5 * 1024 * 1024 + 1), 413, 'body_too_large'],
  ])('that are %s are refused', async (_, bytes, status, code) => {
    const answer = await api.call('POST', '/bundles', bytes);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe("a zone's tag", () => {
  it('comes in every kind', async () => {
    const siteId = await make('/sites', { name: 'S', domain: 'localhost' });
    const id = await make('/zones', { siteId, name: 'Z', sizes: [[300, 250]] });
    const tag = async (query: string) => (await api.call('GET', `/zones/${id}/tag${query}`)).body;
    const base = 'https://ads.example.com';
    expect(await tag('')).toEqual(await tag('?type=async'));
    expect(await tag('')).toMatchObject({ type: 'async', url: `${base}/tag.js`, integrity: null });
    expect(await tag('?type=iframe')).toMatchObject({
      url: `${base}/v1/frame?zone=${id}`,
      html: expect.stringContaining('<iframe src='),
    });
    expect((await tag('?type=image')).html).toContain(`${base}/v1/img/click?zone=${id}&amp;n=REPLACE`);
    expect(await tag('?type=json')).toMatchObject({ html: null, url: `${base}/v1/ad?zone=${id}` });
    const held = await tag('?type=async&sri=1');
    expect(held.html).toMatch(
      /src="https:\/\/ads.example.com\/tag-[0-9a-f]{16}.js" integrity="sha384-[^"]+" crossorigin="anonymous"/,
    );
    expect(paths(await tag('?type=iframe&sri=1'))).toEqual(['/sri']);
    expect(paths(await tag('?type=popunder'))).toEqual(['/type']);
  });
});
