/** Who asks at the visitor's door, as a delivery worker found out. */
export interface AskedBy {
  /** Milliseconds since 1970, when the worker took the request. */
  readonly at: number;
  readonly site: number;
  /** The visitor's address, as text; used for throttling, and kept as MEMBER_ADDRESS says. */
  readonly address: string;
  readonly country: string | null;
  readonly region: string | null;
  readonly browser: string;
  /** Of Accept-Language, like `de-at`; empty where unknown. */
  readonly language: string;
  /** Number of a visitor who consented to measurement: 16 hex digits. */
  readonly visitor: string | null;
  /** Of the session's cookie. */
  readonly session: string | null;
}
