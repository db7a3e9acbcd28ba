/** How a table's rows are kept, and what a backup has to mind of it. */
export interface StoredTable {
  readonly name: string;
  /**
   * - `events`: as long as raw events
   * - `rollups`: as long as the numbers that are made from them
   * - `always`
   */
  readonly kept: 'events' | 'rollups' | 'always';
  /** What its partitions are; the column with the day or month is `column`. None: rows are deleted one by one. */
  readonly partitions: 'days' | 'months' | 'none';
  /** The time that retention goes by: of the day or hour that the row is about. */
  readonly column?: string;
  /**
   * Says which rows of other tables count: copied before these, so that a copy made while jobs run never names rows that
   * it does not have.
   */
  readonly names?: true;
  /** Its rows count only under a pair of period and version that this table has. */
  readonly versionsIn?: string;
  /** SQL aggregate that does not change when the engine merges rows. Default: `count()`. */
  readonly total?: string;
}

/**
 * Every table with data in ClickHouse. Retention and backups go by this list, and a test holds it against the
 * migrations: a new table is a new line here, and nothing else.
 */
export const storedTables: readonly StoredTable[] = [
  { name: 'schema_migrations', kept: 'always', partitions: 'none', names: true },
  { name: 'dropped_days', kept: 'always', partitions: 'none', names: true },
  { name: 'dropped_periods', kept: 'rollups', partitions: 'none', column: 'period', names: true },
  { name: 'rollup_runs', kept: 'rollups', partitions: 'none', column: 'period', names: true },
  { name: 'mark_runs', kept: 'rollups', partitions: 'none', column: 'period', names: true },
  { name: 'conversion_runs', kept: 'rollups', partitions: 'none', column: 'period', names: true },
  {
    ...{ name: 'period_events', kept: 'rollups', partitions: 'months', column: 'period', names: true },
    total: 'sum(events)',
  },
  { name: 'events', kept: 'events', partitions: 'days', column: 'origin' },
  {
    ...{ name: 'event_marks', kept: 'events', partitions: 'months', column: 'period' },
    versionsIn: 'mark_runs',
  },
  {
    ...{ name: 'traffic_rollup', kept: 'rollups', partitions: 'months', column: 'bucket' },
    versionsIn: 'rollup_runs',
  },
  {
    ...{ name: 'visitor_rollup', kept: 'rollups', partitions: 'months', column: 'bucket' },
    versionsIn: 'rollup_runs',
  },
  {
    ...{ name: 'visitor_local_days', kept: 'rollups', partitions: 'months', column: 'bucket' },
    versionsIn: 'rollup_runs',
  },
  {
    ...{ name: 'visitor_days', kept: 'events', partitions: 'months', column: 'period' },
    versionsIn: 'rollup_runs',
  },
  {
    ...{ name: 'visitor_returns', kept: 'rollups', partitions: 'months', column: 'bucket' },
    versionsIn: 'rollup_runs',
  },
  {
    ...{ name: 'attributed_conversions', kept: 'rollups', partitions: 'months', column: 'period' },
    versionsIn: 'conversion_runs',
  },
  { name: 'traffic_reversals', kept: 'always', partitions: 'none' },
];
