import type { InventorySnapshot, SnapshotCreative } from '../../server/inventory/index.ts';

/** Creatives of one line item each, for everybody, each in a zone of its own whose number is the creative's. */
export function inventoryOf(creatives: readonly SnapshotCreative[]): InventorySnapshot {
  return {
    version: 1,
    madeAtMs: 0,
    sites: [{ id: 3, domain: 'localhost' }],
    // Zones are told apart by size.
    zones: creatives.map(({ id, width, height }) => ({ id, siteId: 3, sizes: [[width, height]] })),
    lineItems: creatives.map(({ id }) => ({
      id: id + 200,
      campaignId: id + 300,
      advertiserId: id + 400,
      type: 'house' as const,
      weight: 1,
      startMs: null,
      endMs: null,
      targeting: null,
      creativeIds: [id],
    })),
    creatives,
    landings: [],
  };
}

export const imageHash = 'a'.repeat(64);
export const bundleHash = 'b'.repeat(64);

/** One of each type; its number is its zone's, and its width ends on it. */
export function oneOfEach(landing: string): SnapshotCreative[] {
  const common = (id: number) => ({
    id,
    width: 300 + id,
    height: 250,
    alt: `Ad ${id}`,
    clickUrl: `${landing}?ad=${id}`,
  });
  return [
    { ...common(1), type: 'image', asset: `${imageHash}.png`, asset2x: `${'c'.repeat(64)}.png` },
    {
      ...common(2),
      ...{ type: 'html5', asset: `${bundleHash}.bundle`, entry: 'index.html' },
      links: { clickTag2: `${landing}?second` },
    },
    {
      ...common(3),
      ...{ type: 'html', thirdParty: false, links: { terms: `${landing}?terms&in={city_enc}` } },
      html: '<a id="main" href="{click_url}" target="_blank">{city}</a> <a id="terms" href="{click_url:terms}" target="_blank">Terms</a>{nothing}<script>document.title="{zone}"</script>',
    },
    { ...common(4), type: 'text', headline: 'Hello {city}', text: 'From "{country}" & more' },
    {
      ...common(5),
      ...{ type: 'native', title: 'News for {region}', body: 'Body', sponsor: 'Tea House' },
      asset: `${imageHash}.png`,
    },
  ];
}
