import {
  type ClickHouse,
  countRows,
  type ExportRequest,
  exportReport,
  type FileFormat,
  isMoney,
  prepareReport,
  type Report,
  type ReportContext,
  type ReportExport,
  type ReportName,
  runCompared,
  runReport,
} from '../../analytics/index.ts';
import { reportError } from './report-request.ts';

/** A report with how many rows there are without its limit; null where that is not known. */
export interface CountedReport extends Report {
  readonly totalRows: number | null;
  /** Of money, ISO 4217; the values of conversions are in those of their conversion actions. */
  readonly currency: string;
  readonly previous?: { readonly from: string; readonly to: string };
}

export interface ReportMakerOptions {
  readonly clickhouse: ClickHouse;
  /** Where the rows of files are while they are made. */
  readonly scratchDir: string;
  /** Cells of fewer visitors are not shown to advertisers. */
  readonly kAnonymity?: number;
  /** Of money, ISO 4217. Default: USD. */
  readonly currency?: string;
  /** Default: there are none. */
  readonly plans?: ReportContext['plans'];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

function withCurrency<Made extends Report>(made: Made, currency: string): Made & { currency: string } {
  const note = `Money is in ${currency}.`;
  return { ...made, currency, notes: made.columns.some(isMoney) ? [...made.notes, note] : made.notes };
}

/** Makes reports for the API and for schedules. Rejects with `invalid_input` or `clickhouse_unavailable`. */
export class ReportMaker {
  readonly #options: ReportMakerOptions;
  /** Of money, ISO 4217. */
  readonly currency: string;

  constructor(options: ReportMakerOptions) {
    this.#options = options;
    this.currency = options.currency ?? 'USD';
  }

  /** In memory, of at most 100,000 rows. */
  async make(name: ReportName, request: ExportRequest, signal?: AbortSignal): Promise<CountedReport> {
    const context = this.#context(signal);
    const inCurrency = <Made extends Report>(made: Made) => withCurrency(made, this.currency);
    try {
      if (request.compare !== undefined) {
        return inCurrency(
          await runCompared((...call) => runReport(call[0], name, call[1]), context, request),
        );
      }
      const report = inCurrency(await runReport(context, name, request));
      if (!report.truncated) return { ...report, totalRows: report.rows.length };
      const { limit: _limit, ...unlimited } = request;
      const prepared = await prepareReport(context, name, unlimited);
      const totalRows = prepared && (await countRows(this.#options.clickhouse, prepared, signal));
      return { ...report, totalRows: totalRows ?? null };
    } catch (error) {
      throw reportError(error, request);
    }
  }

  /** As a file of any size, with a last column `currency` where there is money. */
  async file(
    name: ReportName,
    request: ExportRequest,
    format: FileFormat,
    signal?: AbortSignal,
  ): Promise<ReportExport> {
    try {
      const asked = { ...request, currency: this.currency };
      return await exportReport(this.#context(signal), name, asked, format, this.#options.scratchDir);
    } catch (error) {
      throw reportError(error, request);
    }
  }

  #context(signal: AbortSignal | undefined): ReportContext {
    const { clickhouse, kAnonymity, plans, now = Date.now } = this.#options;
    return {
      ...{ clickhouse, now: new Date(now()) },
      ...(kAnonymity === undefined ? {} : { kAnonymity }),
      ...(plans === undefined ? {} : { plans }),
      ...(signal === undefined ? {} : { signal }),
    };
  }
}
