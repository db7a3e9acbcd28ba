import type { Zone } from '../../inventory/index.ts';

export const tagTypes = ['async', 'iframe', 'image', 'json'] as const;
export type TagType = (typeof tagTypes)[number];

/** A version of the page tag that never changes. */
export interface VersionedTag {
  readonly name: string;
  /** As an `integrity` attribute has it. */
  readonly integrity: string;
}

export interface TagText {
  /** To paste; null for `json`, of which the address is all. */
  readonly html: string | null;
  /** What the tag loads first. */
  readonly url: string;
}

type TaggedZone = Pick<Zone, 'id' | 'sizes'>;

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/**
 * The tag of a zone. It reserves the zone's first size, so that the page does not move when the ad comes.
 * @param versioned for `async`: the version to hold the page to
 */
export function zoneTag(
  type: TagType,
  publicUrl: string,
  { id, sizes }: TaggedZone,
  versioned?: VersionedTag,
): TagText {
  const [width, height] = sizes[0] ?? [0, 0];
  switch (type) {
    case 'async': {
      const url = `${publicUrl}/${versioned?.name ?? 'tag.js'}`;
      const integrity =
        versioned === undefined ? '' : ` integrity="${versioned.integrity}" crossorigin="anonymous"`;
      const html = [
        `<script async src="${attribute(url)}"${integrity}></script>`,
        `<ins class="signpost" data-zone="${id}" style="display:inline-block;width:${width}px;height:${height}px"></ins>`,
      ].join('\n');
      return { html, url };
    }
    case 'iframe': {
      const url = `${publicUrl}/v1/frame?zone=${id}`;
      const html = `<iframe src="${attribute(url)}" width="${width}" height="${height}" title="Advertisement" style="border:0" scrolling="no" referrerpolicy="no-referrer-when-downgrade"></iframe>`;
      return { html, url };
    }
    case 'image': {
      const url = `${publicUrl}/v1/img?zone=${id}&n=REPLACE`;
      const click = `${publicUrl}/v1/img/click?zone=${id}&n=REPLACE`;
      const why = `${publicUrl}/v1/img/why?zone=${id}&n=REPLACE`;
      const html = [
        `<a href="${attribute(click)}" target="_blank" rel="noopener sponsored"><img src="${attribute(url)}" width="${width}" height="${height}" alt="Advertisement" border="0"></a>`,
        // An image carries no mark.
        `<br><a href="${attribute(why)}" target="_blank" rel="noopener">Ad</a>`,
      ].join('');
      return { html, url };
    }
    case 'json':
      return { html: null, url: `${publicUrl}/v1/ad?zone=${id}` };
  }
}
