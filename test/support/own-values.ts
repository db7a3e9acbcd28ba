import type { InventorySnapshot } from '../../server/inventory/index.ts';
import { imageHash } from './creatives.ts';

/** What a snippet is told, with bars between. */
const told = '<p id="own">{advertiser_visitor}|{advertiser_value}|{advertiser_handle}|{advertiser_pixel}</p>';

/**
 * Zones 11, 12 and 13 are of advertisers 411, 412 and 413, each with a snippet that tells what is kept and a landing that
 * is given the handle; 413 keeps nothing. Zone 14 is for visitors whom advertiser 411 has put down as `cart:…`, and
 * otherwise for whom 412 has; zone 15 has an image of 411.
 */
export function ownInventory(
  landing = 'https://shop.example/in',
  [tea, boxes, nobody]: readonly [number, number, number] = [411, 412, 413],
): InventorySnapshot {
  const size = { width: 300, height: 250, alt: '' } as const;
  const lineItem = (id: number, advertiser: number, zone: number) => ({
    ...{ id, campaignId: id + 300, advertiserId: advertiser, type: 'standard' as const, weight: 1 },
    ...{ startMs: null, endMs: null, targeting: { on: 'zone', in: [String(zone)] } as const },
    creativeIds: [id],
  });
  const snippet = (id: number) => ({
    ...{ ...size, id, type: 'html' as const, thirdParty: false },
    html: `${told}<a id="click" href="{click_url}" target="_blank">Go</a>`,
    clickUrl: `${landing}?h={advertiser_handle}`,
  });
  const image = (id: number) => ({
    ...{ ...size, id, alt: `Ad ${id}`, type: 'image' as const, asset: `${imageHash}.png` },
    clickUrl: `${landing}?h={advertiser_handle}`,
  });
  const carts = (id: number, advertiser: number) => ({
    ...lineItem(id, advertiser, 14),
    type: id === 4 ? ('sponsorship' as const) : ('standard' as const),
    targeting: {
      and: [
        { on: 'zone', in: ['14'] },
        { on: 'advertiserValue', in: ['cart:*'] },
      ],
    } as const,
  });
  return {
    ...{ version: 1, madeAtMs: 0, sites: [{ id: 3, domain: 'localhost' }], landings: [] },
    zones: [11, 12, 13, 14, 15].map((id) => ({ id, siteId: 3, sizes: [[300, 250]] as const })),
    lineItems: [
      lineItem(1, tea, 11),
      lineItem(2, boxes, 12),
      lineItem(3, nobody, 13),
      carts(4, tea),
      carts(5, boxes),
      lineItem(6, tea, 15),
    ],
    creatives: [snippet(1), snippet(2), snippet(3), image(4), image(5), image(6)],
    advertisers: [
      { id: tea, name: 'Tea House', payer: null, visitorValues: true },
      { id: boxes, name: 'Boxes & Co', payer: null, visitorValues: true },
      { id: nobody, name: 'Nobody', payer: null },
    ],
  };
}
