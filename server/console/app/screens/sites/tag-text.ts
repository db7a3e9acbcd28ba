/** What a tag is made of, as chosen in the builder. */
export interface TagOptions {
  readonly type: TagType;
  /** Place in the zone's sizes. */
  readonly size: number;
  readonly lazy: boolean;
  /** Seconds in view; null: it is filled once. */
  readonly refresh: number | null;
  /** Like `place:top`. */
  readonly keyValues: readonly string[];
  /** Holds the page to the version of the script that is served now. */
  readonly pinned: boolean;
}

export const tagTypes = ['async', 'iframe', 'image', 'json'] as const;
export type TagType = (typeof tagTypes)[number];

interface Made {
  /** As the API gives it, of that type. */
  readonly html: string | null;
  readonly url: string;
  readonly integrity: string | null;
}

interface TaggedZone {
  readonly id: number;
  readonly sizes: readonly (readonly [number, number])[];
}

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** The tag to paste; of `json` the address. The values of image tags come from the API as they are. */
export function tagText(made: Made, zone: TaggedZone, options: TagOptions): string {
  const { type, lazy, refresh, keyValues, size } = options;
  const [width, height] = zone.sizes[size] ?? zone.sizes[0] ?? [0, 0];
  const kv = keyValues.join(',');
  const url = kv === '' || type === 'async' ? made.url : `${made.url}&kv=${encodeURIComponent(kv)}`;
  switch (type) {
    case 'async': {
      const integrity =
        made.integrity === null ? '' : ` integrity="${made.integrity}" crossorigin="anonymous"`;
      const attributes = [
        `class="signpost" data-zone="${zone.id}"`,
        ...(lazy ? [`data-width="${width}" data-height="${height}" data-lazy`] : []),
        ...(refresh === null ? [] : [`data-refresh="${refresh}"`]),
        ...(kv === '' ? [] : [`data-kv="${attribute(kv)}"`]),
        `style="display:inline-block;width:${width}px;height:${height}px"`,
      ];
      return [
        `<script async src="${attribute(url)}"${integrity}></script>`,
        `<ins ${attributes.join(' ')}></ins>`,
      ].join('\n');
    }
    case 'iframe':
      return `<iframe src="${attribute(url)}" width="${width}" height="${height}" title="Advertisement" style="border:0" scrolling="no" referrerpolicy="no-referrer-when-downgrade"${lazy ? ' loading="lazy"' : ''}></iframe>`;
    case 'image':
      return (made.html ?? '')
        .replaceAll(
          /(\/v1\/img(?:\/click)?\?[^"]*)"/g,
          kv === '' ? '$1"' : `$1&amp;kv=${encodeURIComponent(kv)}"`,
        )
        .replace(/width="\d+" height="\d+"/, `width="${width}" height="${height}"`);
    case 'json':
      return url;
  }
}
