import type { LineItemType, Targeting } from '../../inventory/index.ts';
import { bavarianAlps, californiaSunset, type Poster, signpost, taipeiNight } from './scenes.ts';

export interface DemoLineItem {
  readonly advertiser: string;
  readonly campaign: string;
  readonly name: string;
  readonly type: LineItemType;
  readonly targeting: Targeting | null;
  readonly alt: string;
  readonly clickUrl: string;
  readonly poster: Poster;
}

/** The zones of the demo site; each line item has an image for each of them. */
export const demoSizes = [
  { name: 'Rectangle', width: 300, height: 250 },
  { name: 'Leaderboard', width: 728, height: 90 },
] as const;

export const demoLineItems: readonly DemoLineItem[] = [
  {
    advertiser: 'Taipei Nights (demo)',
    campaign: 'Night markets',
    name: 'Taiwan',
    type: 'standard',
    targeting: { on: 'country', in: ['TW'] },
    alt: '台北夜市：今晚就出發（示範廣告）',
    clickUrl: 'https://example.com/taipei',
    poster: {
      scene: taipeiNight,
      title: '台北 TAIPEI',
      subtitle: 'NIGHT MARKETS',
      button: 'TONIGHT',
      ink: '#fff4dc',
      buttonColor: '#f7c873',
      buttonInk: '#3a1550',
    },
  },
  {
    advertiser: 'Alpensee Reisen (demo)',
    campaign: 'Berge und Seen',
    name: 'Bavaria',
    type: 'standard',
    targeting: { on: 'region', in: ['DE-BY'] },
    alt: 'Bayern: Berge und Seen. Jetzt entdecken (Beispielanzeige)',
    clickUrl: 'https://example.com/bayern',
    poster: {
      scene: bavarianAlps,
      title: 'BAYERN',
      subtitle: 'BERGE UND SEEN',
      button: 'ENTDECKEN',
      ink: '#0b3d6b',
      buttonColor: '#0b5fa5',
      buttonInk: '#ffffff',
    },
  },
  {
    advertiser: 'Pacific Coast Rides (demo)',
    campaign: 'Coast road',
    name: 'California',
    type: 'standard',
    targeting: { on: 'region', in: ['US-CA'] },
    alt: 'California: the coast road at sunset (demo ad)',
    clickUrl: 'https://example.com/california',
    poster: {
      scene: californiaSunset,
      title: 'CALIFORNIA',
      subtitle: 'TAKE THE COAST ROAD',
      button: 'RIDE',
      ink: '#5a1235',
      buttonColor: '#5a1235',
      buttonInk: '#ffe9b0',
    },
  },
  {
    advertiser: 'Signpost (demo)',
    campaign: 'House ads',
    name: 'Everywhere else',
    type: 'house',
    targeting: null,
    alt: 'Signpost: the right ad in the right place (demo ad)',
    clickUrl: 'https://example.com/signpost',
    poster: {
      scene: signpost,
      title: 'SIGNPOST',
      subtitle: 'EVERYWHERE ELSE',
      button: 'SHOW ME',
      ink: '#f4efe2',
      buttonColor: '#ffb84d',
      buttonInk: '#0b4f5c',
    },
  },
];
