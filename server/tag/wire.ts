interface Answer {
  /** The decision's id. */
  readonly id: string;
  readonly zone: number;
}

interface NoAd extends Answer {
  readonly creative: null;
  readonly noFill: string;
}

interface FilledAd extends Answer {
  readonly noFill: null;
  readonly creative: {
    readonly id: number;
    readonly width: number;
    readonly height: number;
    /** Absent in types of creatives that this tag does not know. */
    readonly src?: string;
    readonly alt: string;
  };
  readonly impressionUrl: string;
  readonly viewableUrl: string;
  readonly clickUrl: string;
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
