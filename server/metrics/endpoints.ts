import type { Endpoint } from './catalogue.ts';

/** What a path of delivery is counted as. Ads, impressions and viewable impressions are told by whoever answers them. */
export function endpointOf(path: string): Endpoint {
  if (path.startsWith('/v1/c/')) return 'click';
  switch (path) {
    case '/v1/page':
      return 'page_view';
    case '/v1/conv':
      return 'conversion';
    case '/v1/frame':
      return 'frame';
    case '/v1/img':
      return 'image';
    case '/v1/img/click':
      return 'click';
    default:
      return 'other';
  }
}
