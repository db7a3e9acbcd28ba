import { describe, expect, test } from 'vitest';
import { zoneTag } from '../../../server/api/routes/tag-text.ts';
import {
  type TagOptions,
  type TagType,
  tagText,
  tagTypes,
} from '../../../server/console/app/screens/sites/tag-text.ts';

const zone = {
  id: 12,
  sizes: [
    [300, 250],
    [300, 600],
  ] as [number, number][],
};
const plain = { size: 0, lazy: false, refresh: null, keyValues: [], pinned: false };
const textOf = (type: TagType, options: Partial<TagOptions> = {}) =>
  tagText({ ...zoneTag(type, 'https://ads.example.com', zone), integrity: null }, zone, {
    ...plain,
    ...options,
    type,
  });

describe('the tag builder', () => {
  test.each(tagTypes)('without options says what the API says: %s', (type) => {
    const { html, url } = zoneTag(type, 'https://ads.example.com', zone);
    expect(textOf(type)).toBe(html ?? url);
  });

  test('writes attributes into script tags', () => {
    const text = textOf('async', {
      size: 1,
      lazy: true,
      refresh: 45,
      keyValues: ['section:sport', 'by:"li"'],
    });
    expect(text).toContain(
      'data-zone="12" data-width="300" data-height="600" data-lazy data-refresh="45" data-kv="section:sport,by:&quot;li&quot;"',
    );
  });

  test('writes keys and values into the addresses of the others, in both of an image tag', () => {
    const keyValues = ['section:sport'];
    expect(textOf('json', { keyValues })).toBe('https://ads.example.com/v1/ad?zone=12&kv=section%3Asport');
    expect(textOf('iframe', { keyValues })).toContain('zone=12&amp;kv=section%3Asport"');
    expect(textOf('image', { keyValues }).match(/&amp;kv=section%3Asport"/g)).toHaveLength(2);
  });
});
