import type { CreativeContent } from '../database/tables.ts';
import type { Cap } from './delivery-terms.ts';
import { assetFileName, type ImageContentType } from './images.ts';
import type { SnapshotCreative, SnapshotLanding } from './snapshot.ts';

type AssetType = ImageContentType | 'application/vnd.signpost.bundle';

interface CreativeRow {
  readonly id: number;
  readonly type: SnapshotCreative['type'];
  readonly width: number;
  readonly height: number;
  readonly asset: string | null;
  readonly asset_2x: string | null;
  readonly alt: string;
  readonly click_url: string;
  readonly content: CreativeContent;
  readonly links: Record<string, string>;
  readonly caps: readonly object[];
  readonly content_type: AssetType | null;
  readonly content_type_2x: AssetType | null;
}

/** `links`, where there are any: most creatives have none, and a snapshot may have 100,000 of them. */
export function linksOf(links: Record<string, string>): Pick<SnapshotLanding, 'links'> {
  return Object.keys(links).length === 0 ? {} : { links };
}

const capsOf = ({ caps }: CreativeRow) => (caps.length === 0 ? {} : { caps: caps as readonly Cap[] });

/** A creative as delivery needs it. */
export function snapshotCreative(row: CreativeRow): SnapshotCreative {
  const { id, type, width, height, alt, content } = row;
  const common = { id, width, height, alt, clickUrl: row.click_url, ...linksOf(row.links), ...capsOf(row) };
  const asset = fileName(row.asset, row.content_type);
  const asset2x = fileName(row.asset_2x, row.content_type_2x);
  const { html = '', thirdParty = false, entry = 'index.html' } = content;
  const { headline = '', text = '', title = '', body = '', sponsor = '' } = content;
  switch (type) {
    case 'image':
      return { ...common, type, asset: asset ?? '', ...(asset2x === null ? {} : { asset2x }) };
    case 'html5':
      return { ...common, type, asset: asset ?? '', entry };
    case 'html':
      return { ...common, type, html, thirdParty };
    case 'text':
      return { ...common, type, headline, text };
    case 'native':
      return { ...common, type, title, body, sponsor, asset };
  }
}

function fileName(hash: string | null, contentType: AssetType | null): string | null {
  return hash === null || contentType === null ? null : assetFileName(hash, contentType);
}
