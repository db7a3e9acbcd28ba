import {
  type ClickHouse,
  countRows,
  type ExportRequest,
  exportReport,
  type FileFormat,
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
  readonly previous?: { readonly from: string; readonly to: string };
}

export interface ReportMakerOptions {
  readonly clickhouse: ClickHouse;
  /** Where the rows of files are while they are made. */
  readonly scratchDir: string;
  /** Cells of fewer visitors are not shown to advertisers. */
  readonly kAnonymity?: number;
  /** Default: there are none. */
  readonly plans?: ReportContext['plans'];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Makes reports for the API and for schedules. Rejects with `invalid_input` or `clickhouse_unavailable`. */
export class ReportMaker {
  readonly #options: ReportMakerOptions;

  constructor(options: ReportMakerOptions) {
    this.#options = options;
  }

  /** In memory, of at most 100,000 rows. */
  async make(name: ReportName, request: ExportRequest, signal?: AbortSignal): Promise<CountedReport> {
    const context = this.#context(signal);
    try {
      if (request.compare !== undefined) {
        return await runCompared((...call) => runReport(call[0], name, call[1]), context, request);
      }
      const report = await runReport(context, name, request);
      if (!report.truncated) return { ...report, totalRows: report.rows.length };
      const { limit: _limit, ...unlimited } = request;
      const prepared = await prepareReport(context, name, unlimited);
      const totalRows = prepared && (await countRows(this.#options.clickhouse, prepared, signal));
      return { ...report, totalRows: totalRows ?? null };
    } catch (error) {
      throw reportError(error, request);
    }
  }

  /** As a file of any size. */
  async file(
    name: ReportName,
    request: ExportRequest,
    format: FileFormat,
    signal?: AbortSignal,
  ): Promise<ReportExport> {
    try {
      return await exportReport(this.#context(signal), name, request, format, this.#options.scratchDir);
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
