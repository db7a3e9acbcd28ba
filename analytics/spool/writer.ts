import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ByteText } from '../events/byte-text.ts';
import { ownIdentity } from './process-identity.ts';
import { openSuffix, sealedSuffix, segmentNames } from './segments.ts';

export interface SpoolWriterOptions {
  readonly directory: string;
  /** See the setting SPOOL_SYNC. */
  readonly sync: 'always' | 'interval' | 'never';
  readonly syncMs: number;
  /** A segment is sealed when it has this many bytes, or is this many milliseconds old and not empty. */
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** Told when writing begins to fail, and when it works again (`undefined`). */
  readonly onState?: (error: Error | undefined) => void;
}

/** Someone whose answer waits until the event is written. */
export interface Waiter {
  /** @param durable whether the operating system has the event; false: it is lost, and counted as lost. */
  written(durable: boolean): void;
}

export interface SpoolWriterStatus {
  /** Why the last write failed; undefined while writing works. */
  readonly error: Error | undefined;
  readonly writtenEvents: number;
  readonly lostEvents: number;
}

interface Segment {
  readonly fd: number;
  readonly name: string;
  bytes: number;
  /** Monotonic: a clock that is set back must not make a segment young again. */
  readonly begunMs: number;
}

/** While writing fails, a new segment is tried this often; events in between are lost and counted. */
const retryMs = 250;

/** Room for the lines of a hundred requests; it grows with the busiest turn. */
const firstBytes = 262_144;

/**
 * The durable log's writing end, one for each process. Events that arrive in one turn of the event loop are written
 * by one call and then acknowledged together (group commit). Writing never throws: where the disk refuses, the
 * waiters are told so and serving goes on.
 *
 * The write is synchronous: it copies into the page cache, some 10 µs for a turn's events, where handing it to the
 * thread pool costs a context switch there and back.
 */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #nextName = segmentNames(ownIdentity());
  /**
   * The lines of this turn, `#taken` bytes of them taken. A line is put together when it comes, while its parts are in
   * the processor's cache: at the end of the turn that takes many times as long.
   */
  readonly #lines = new ByteText(firstBytes);
  #taken = 0;
  #events = 0;
  #waiters: Waiter[] = [];
  #spareWaiters: Waiter[] = [];
  #scheduled = false;
  #segment: Segment | undefined;
  #unsynced = false;
  #syncing = false;
  #error: Error | undefined;
  /** Monotonic as well. */
  #retryAtMs = 0;
  #writtenEvents = 0;
  #lostEvents = 0;
  readonly #sealTimer: NodeJS.Timeout;
  readonly #syncTimer: NodeJS.Timeout | undefined;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#sealTimer = setInterval(() => this.#sealIfOld(), Math.max(50, options.segmentMs / 4)).unref();
    if (options.sync === 'interval')
      this.#syncTimer = setInterval(() => this.#sync(), options.syncMs).unref();
  }

  /**
   * Takes lines, as `eventLine` makes them; they are written together or not at all. The waiter is told once, in a
   * later turn of the event loop.
   * @param events how many lines these are
   */
  append(lines: string, events: number, waiter: Waiter): void {
    this.begin().text(lines);
    this.appendBegun(events, waiter);
  }

  /** Where lines can be put for `appendBegun`. What was put there before and not appended is dropped. */
  begin(): ByteText {
    this.#lines.length = this.#taken;
    return this.#lines;
  }

  /** Takes the lines that were put since `begin`, as `append` does. */
  appendBegun(events: number, waiter: Waiter): void {
    this.#taken = this.#lines.length;
    this.#events += events;
    this.wait(waiter);
  }

  /** The waiter is told together with those of this turn's events. */
  wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  status(): SpoolWriterStatus {
    return { error: this.#error, writtenEvents: this.#writtenEvents, lostEvents: this.#lostEvents };
  }

  /** Writes and seals what there is. No event may be appended afterwards. */
  close(): void {
    clearInterval(this.#sealTimer);
    clearInterval(this.#syncTimer);
    if (this.#waiters.length > 0) this.#flush();
    const segment = this.#segment;
    this.#segment = undefined;
    if (segment === undefined) return;
    try {
      if (this.#options.sync !== 'never') fdatasyncSync(segment.fd);
    } catch (error) {
      this.#setError(error as Error);
    }
    this.#finish(segment);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const waiters = this.#waiters;
    this.#waiters = this.#spareWaiters;
    const durable = this.#taken === 0 || this.#write();
    this.#taken = 0;
    if (durable) this.#writtenEvents += this.#events;
    else this.#lostEvents += this.#events;
    this.#events = 0;
    for (const waiter of waiters) waiter.written(durable);
    waiters.length = 0;
    this.#spareWaiters = waiters;
  };

  /** Writes the lines taken. */
  #write(): boolean {
    if (this.#error !== undefined && performance.now() < this.#retryAtMs) return false;
    try {
      this.#segment ??= this.#beginSegment();
      const segment = this.#segment;
      const bytes = this.begin().bytes;
      let at = 0;
      while (at < bytes.length) at += writeSync(segment.fd, bytes, at, bytes.length - at, segment.bytes + at);
      if (this.#options.sync === 'always') fdatasyncSync(segment.fd);
      segment.bytes += bytes.length;
      this.#unsynced = true;
      this.#setError(undefined);
      if (segment.bytes >= this.#options.segmentBytes) this.#seal();
      return true;
    } catch (error) {
      this.#retryAtMs = performance.now() + retryMs;
      this.#setError(error as Error);
      this.#abandon();
      return false;
    }
  }

  #beginSegment(): Segment {
    mkdirSync(this.#options.directory, { recursive: true });
    const name = this.#nextName();
    const fd = openSync(join(this.#options.directory, name + openSuffix), 'wx');
    return { fd, name, bytes: 0, begunMs: performance.now() };
  }

  /** After a failed write: keeps what was acknowledged, cuts off what was not, and leaves the segment. */
  #abandon(): void {
    const segment = this.#segment;
    if (segment === undefined) return;
    try {
      ftruncateSync(segment.fd, segment.bytes);
    } catch {
      // The unacknowledged rest stays; its events may count although nobody was told so.
    }
    this.#seal();
  }

  #sealIfOld(): void {
    const segment = this.#segment;
    if (segment !== undefined && performance.now() - segment.begunMs >= this.#options.segmentMs) this.#seal();
  }

  /** Forces the segment to the disk without holding up the event loop, then gives it its sealed name. */
  #seal(): void {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    if (this.#options.sync !== 'interval') {
      this.#finish(segment);
      return;
    }
    fdatasync(segment.fd, (error) => {
      if (error !== null) this.#setError(error);
      this.#finish(segment);
    });
  }

  #finish(segment: Segment): void {
    const path = join(this.#options.directory, segment.name);
    try {
      closeSync(segment.fd);
      if (segment.bytes === 0) unlinkSync(path + openSuffix);
      else renameSync(path + openSuffix, path + sealedSuffix);
    } catch (error) {
      this.#setError(error as Error);
    }
  }

  #sync(): void {
    const segment = this.#segment;
    if (segment === undefined || !this.#unsynced || this.#syncing) return;
    this.#unsynced = false;
    this.#syncing = true;
    fdatasync(segment.fd, (error) => {
      this.#syncing = false;
      // A segment that was sealed meanwhile may be closed by now, and is synced by its sealing.
      if (error !== null && this.#segment === segment) this.#setError(error);
    });
  }

  #setError(error: Error | undefined): void {
    if (error === this.#error) return;
    const changed = (error === undefined) !== (this.#error === undefined);
    this.#error = error;
    if (changed) this.#options.onState?.(error);
  }
}
