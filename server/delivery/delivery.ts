import type { SpoolWriter } from '../../analytics/index.ts';
import type { Audience } from '../audience/index.ts';
import type { MachineState, WorkerCounters } from '../metrics/index.ts';
import type { AdState } from './ad-state.ts';
import type { ClientReader } from './client.ts';
import type { ConversionActions } from './conversion-actions.ts';
import type { EventRates } from './invalid-traffic/event-rates.ts';
import type { InventoryIndex } from './inventory-index.ts';
import type { TokenSigner } from './token.ts';

/** What a worker serves from. `inventory`, `conversions` and `signer` are swapped by one reference when their files change. */
export interface Delivery {
  /** Where browsers reach this port, without a slash at its end. */
  readonly publicUrl: string;
  /** Undefined until the first snapshot is there. */
  inventory: InventoryIndex | undefined;
  conversions: ConversionActions;
  signer: TokenSigner;
  readonly clients: ClientReader;
  /** Consent, cookies and interests. */
  readonly audience: Audience;
  /** What this worker remembers of clicks and impressions. */
  readonly rates: EventRates;
  readonly spool: SpoolWriter;
  readonly counters: WorkerCounters;
  /** How this machine's disk and log are; undefined where nobody has said. */
  readonly machine: () => MachineState | undefined;
  /** Leases and caps. */
  readonly ads: AdState;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
