export { type ExpiryCounts, expireArchive } from './archive/expire.ts';
export { type ArchiveFile, archiveDays, filesOfDay } from './archive/layout.ts';
export type { LineFilter } from './archive/line-filter.ts';
export { type PackingCounts, packArchive } from './archive/pack.ts';
export { linesOfFile } from './archive/read.ts';
export { type ReplayCounts, replayArchive } from './archive/replay.ts';
export { type Searched, type SearchOptions, searchLogs } from './archive/search.ts';
export {
  backUpClickHouse,
  type ClickHouseContents,
  storedBytes,
} from './backup/back-up.ts';
export type { BackupPlace } from './backup/places.ts';
export { type RestoreOptions, restoreClickHouse, settleRestored } from './backup/restore.ts';
export { AnalyticsError, type AnalyticsErrorCode } from './clickhouse/errors.ts';
export type { ClickHouse } from './clickhouse/handle.ts';
export { type ClickHouseOptions, openClickHouse } from './clickhouse/open.ts';
export {
  type AttributionCounts,
  type AttributionOptions,
  attributeConversions,
  attributionDue,
} from './conversions/attribute.ts';
export { type ConversionAction, longestClickWindowMs } from './conversions/attribution-rows.ts';
export { ByteText } from './events/byte-text.ts';
export { countedForMs, type EventType, eventTypes } from './events/columns.ts';
export {
  type InvalidReason,
  invalidField,
  invalidReasonNames,
  invalidReasons,
  isInvalidReason,
  notCountedReasons,
  reasonBit,
} from './events/invalid-reasons.ts';
export {
  type BrowserFacts,
  browserFields,
  demandFields,
  eventLine,
  locationFields,
  numberField,
  putDecisionFields,
  putLineEnd,
  putLineStart,
  putPageField,
  putPriceField,
  type Sender,
  serverEventLine,
  textField,
  zoneFields,
} from './events/line.ts';
export {
  filledRows,
  type MatchingValue,
  matchingValues,
  rowsBefore,
  type TableColumn,
  type TablePart,
  tableColumns,
  tableParts,
} from './inspection/text-columns.ts';
export { migrateClickHouse } from './migrations/migrate.ts';
export { type ComparedReport, runCompared } from './reports/compare.ts';
export {
  countRows,
  type ExportRequest,
  exportReport,
  type FileFormat,
  fileFormats,
  type ReportExport,
} from './reports/export.ts';
export { csvCell } from './reports/formats/csv.ts';
export { type LiveVisitors, liveMinutes, liveVisitors } from './reports/live-visitors.ts';
export { dayNumber, dayText, localDay, startOfLocalDay } from './reports/local-days.ts';
export type { DeliveryPlan } from './reports/plans.ts';
export {
  isReportName,
  prepareReport,
  type RegisteredReport,
  type ReportName,
  reports,
  runReport,
} from './reports/registry.ts';
export {
  type Cell,
  type ColumnType,
  type FilterOperator,
  filterOperators,
  type PreparedReport,
  type Report,
  type ReportColumn,
  type ReportContext,
  type ReportDescription,
  type ReportFilter,
  type ReportRequest,
  type ReportSort,
  type Row,
} from './reports/report.ts';
export type { RequestCondition } from './reports/request-condition.ts';
export { type RequestSample, type SampleCount, sampleRequests } from './reports/request-sample.ts';
export { type TagSighting, tagSightings } from './reports/tag-sightings.ts';
export {
  dropOld,
  type RetentionCounts,
  type RetentionOptions,
  retentionDue,
} from './retention/drop-old.ts';
export { rollupDue } from './rollup/due.ts';
export {
  adRequestsByQuarter,
  type LineItemCounts,
  lineItemCounts,
  type QuarterRequests,
} from './rollup/line-item-counts.ts';
export { type RollupCounts, type RollupOptions, rollUp } from './rollup/roll-up.ts';
export { type ShippingCounts, type ShippingOptions, shipSegments } from './shipping/ship.ts';
export { type GivenUp, type GivenUpEver, givenUpEver, limitSpool } from './spool/limit.ts';
export { isRunning, ownIdentity, type ProcessIdentity } from './spool/process-identity.ts';
export { type SpoolBacklog, sealAbandoned, spoolBacklog } from './spool/segments.ts';
export { SpoolWriter, type SpoolWriterOptions, type SpoolWriterStatus, type Waiter } from './spool/writer.ts';
export { type StoredTable, storedTables } from './stored-tables.ts';
export { type Condition, counted } from './validity/counted.ts';
export { type MarkCounts, type MarkOptions, marksDue, markTraffic } from './validity/mark-traffic.ts';
export { parseRates, type Rate, type TrafficRates } from './validity/rates.ts';
export {
  makeReversal,
  type Reversal,
  type ReversalScope,
  reversalChanges,
  reversalsOf,
  undoReversal,
} from './validity/reversals.ts';
