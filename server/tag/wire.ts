import type { MembersApi } from './member-calls.ts';

interface Answer {
  /** The decision's id. */
  readonly id: string;
  readonly zone: number;
}

interface NoAd extends Answer {
  readonly creative: null;
  readonly noFill: string;
}

interface CreativeBase {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

interface ImageCreative extends CreativeBase {
  readonly type: 'image';
  readonly src: string;
  readonly srcset?: string;
}

/** A document for a sandboxed frame. */
export interface FrameCreative extends CreativeBase {
  readonly type: 'html' | 'html5';
  readonly src: string;
}

interface TextCreative extends CreativeBase {
  readonly type: 'text';
  readonly headline: string;
  readonly text: string;
}

interface NativeCreative extends CreativeBase {
  readonly type: 'native';
  readonly title: string;
  readonly body: string;
  readonly sponsor: string;
  readonly image: string | null;
}

export type TextualCreative = TextCreative | NativeCreative;
export type ContentCreative = FrameCreative | TextualCreative;

interface FilledAd extends Answer {
  readonly noFill: null;
  readonly creative: ImageCreative | ContentCreative;
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
  /** Tells whose the ad is and why it is shown; there where the ad has to carry a mark. */
  readonly whyUrl?: string;
}

/** The answer of `/v1/ad` for one zone, as far as the tag uses it. */
export type Ad = NoAd | FilledAd;

/** Where an ad reports what became of it. */
export type AdBeacons = Pick<FilledAd, 'impressionUrl' | 'viewableUrl'>;

/** What listeners of the `signpost` event get in `detail`; documented in docs/tags.md. */
export interface SignpostDetail {
  readonly zone: number;
  /** The decision's id; undefined when the server could not be asked. */
  readonly id: string | undefined;
  /** null when filled. Beside the server's reasons `unreachable`: the ad or its image did not arrive. */
  readonly noFill: string | null;
  readonly creativeId: number | undefined;
}

/** What a visitor allows, as a page says it; what is left out is refused. */
export interface ConsentChoice {
  readonly measurement?: boolean;
  readonly personalisation?: boolean;
  readonly advertisers?: boolean;
}

/** `window.signpost` on pages that ask for consent; docs/tags.md tells what a page may use of it. */
export interface SignpostApi {
  /** A choice that the page made before the script was there. */
  choice?: ConsentChoice | undefined;
  consent?: (choice: ConsentChoice) => unknown;
  /** Shows the visitor's privacy page. */
  privacy?: () => unknown;
  /** What goes along with the tag's requests. */
  dataset?: DOMStringMap;
  /** On pages with `members.js`. */
  members?: MembersApi;
}
