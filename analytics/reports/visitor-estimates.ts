interface Estimate {
  /** Columns of the source that cells are told apart by; the country among them. */
  readonly dimensions: readonly string[];
  /** Columns that are added up beside. */
  readonly plainSums: readonly string[];
  /** SQL of the source's `bucket` for days and hours among the dimensions. */
  readonly times: readonly string[];
  /** Whether the rows of days have the numbers of their visitors in place of sketches. */
  readonly isKnown: boolean;
  /** Whether no cell has parts of two UTC days: then its visitors are those of its day. */
  readonly isWithinDays: boolean;
  /** SELECT of local days, each of which is a cell of its own: no row of the source is in them. */
  readonly localDays?: string;
  /**
   * SELECT of the numbers of different visitors, where they are known without sketches; the source has none then, and there
   * are no `times`.
   */
  readonly returns?: string;
}

/** A country with fewer counted visitors takes the ratio of all countries. */
const enough = 100;

/**
 * SELECT of one row for each cell and country, with `counted`, `estimated` and `variance`, the square of the standard
 * error of both together.
 *
 * Without a cookie a visitor has another number each UTC day, so D numbers of a range are fewer people. Those with a
 * cookie tell how many days a visitor comes on: r = (different cookies of each day, added up) / (different cookies). The
 * estimate is D / r, by country. On a single day r is 1, and there is nothing to estimate.
 *
 * How far r of n cookies may be off follows from the variance of the days on which a visitor comes. That is not
 * known, but numbers from 1 to T with the mean r have at most (T − r)(r − 1) (Bhatia and Davis, 2000), so the interval is
 * rather too wide. The sketches' own error of 0.3 % each is in it.
 */
export function visitorEstimates(source: string, estimate: Estimate): string {
  const { dimensions, plainSums, times, localDays, returns } = estimate;
  const keys = dimensions.join(', ');
  const cell = times.map((_, index) => `t${index}`);
  const byCell =
    returns === undefined ? sketchedCells(source, estimate) : countedCells(source, returns, estimate);
  const byLocalDay = `SELECT ${[keys, ...times.map((time, index) => `${time} AS t${index}`)].join(', ')},
      bucket AS cell_bucket, ${plainSums.join(', ')}, daily_days, cookie_days, cookies, utc_days AS own_days
    FROM (${localDays})`;
  const cells = localDays === undefined ? byCell : `${byCell} UNION ALL ${byLocalDay}`;
  const over = (names: readonly string[]) => `OVER (PARTITION BY ${names.join(', ') || 'tuple()'})`;
  const country = over([...cell, 'country']);
  const everywhere = over(cell);
  return `SELECT ${keys}, cell_bucket AS bucket, ${plainSums.join(', ')},
      cookies + if(days = 1, daily_days, 0) AS counted,
      if(days = 1, 0, daily_days / ratio) AS estimated,
      pow(0.003 * counted, 2) + if(days = 1 OR daily_days = 0, 0,
        pow(estimated, 2) * (0.00002 + greatest(0, days - ratio) * (ratio - 1) / pow(ratio, 2) * (1 / greatest(n, 1) + 1 / greatest(estimated, 1)))
        + if(n = 0, pow(daily_days / 2, 2), 0)) AS variance
    FROM (
      SELECT *, max(own_days) ${everywhere} AS days,
        sum(cookies) ${country} AS own_n, sum(cookies) ${everywhere} AS all_n,
        if(own_n >= ${enough}, own_n, all_n) AS n,
        greatest(1, if(n = 0, 1, if(own_n >= ${enough}, sum(cookie_days) ${country}, sum(cookie_days) ${everywhere}) / n)) AS ratio
      FROM (${cells})
    )`;
}

/** Cells whose sketches are put together. */
function sketchedCells(
  source: string,
  { dimensions, plainSums, times, isKnown, isWithinDays }: Estimate,
): string {
  const keys = dimensions.join(', ');
  const cell = times.map((_, index) => `t${index}`);
  const known = (column: string) => (isKnown ? `sum(${column}_known) + ` : '');
  const cookieDay = isKnown
    ? `sum(cookies_known) + uniqCombined64MergeIf(17)(cookies, cookies_known = 0)`
    : 'uniqCombined64Merge(17)(cookies)';
  const byDay = `SELECT ${[keys, ...times.map((time, index) => `${time} AS t${index}`)].join(', ')},
      min(source.bucket) AS day_bucket, toStartOfDay(source.bucket) AS utc_day,
      ${plainSums.map((name) => `sum(${name}) AS ${name}_day`).join(', ')},
      ${known('daily')}uniqCombined64Merge(17)(daily) AS daily_day,
      ${cookieDay} AS cookies_day${isWithinDays ? '' : ', uniqCombined64MergeState(17)(cookies) AS cookies_state'}
    FROM (${source}) AS source GROUP BY ${[keys, ...cell, 'utc_day'].join(', ')}`;
  return `SELECT ${[keys, ...cell].join(', ')}, min(day_bucket) AS cell_bucket,
      ${plainSums.map((name) => `sum(${name}_day) AS ${name}`).join(', ')},
      sum(daily_day) AS daily_days, sum(cookies_day) AS cookie_days,
      ${isWithinDays ? 'cookie_days' : 'uniqCombined64Merge(17)(cookies_state)'} AS cookies, uniqExact(utc_day) AS own_days
    FROM (${byDay}) AS by_day GROUP BY ${[keys, ...cell].join(', ')}`;
}

/** Cells whose visitors are known: the rows of the source have what is added up beside. */
function countedCells(source: string, returns: string, { dimensions, plainSums }: Estimate): string {
  const keys = dimensions.join(', ');
  const none = plainSums.map((name) => `0 AS ${name}`).join(', ');
  return `SELECT ${keys}, minIf(bucket, of_source) AS cell_bucket,
      ${plainSums.map((name) => `sum(all_rows.${name}) AS ${name}`).join(', ')},
      sum(all_rows.daily_days) AS daily_days, sum(all_rows.cookie_days) AS cookie_days, sum(all_rows.cookies) AS cookies,
      uniqExactIf(toStartOfDay(bucket), of_source) AS own_days
    FROM (
      SELECT ${keys}, bucket, ${plainSums.join(', ')}, 0 AS daily_days, 0 AS cookie_days, 0 AS cookies, 1 AS of_source
      FROM (${source})
      UNION ALL
      SELECT ${keys}, toDateTime(0, 'UTC') AS bucket, ${none}, daily_days, cookie_days, cookies, 0 AS of_source
      FROM (${returns})
    ) AS all_rows GROUP BY ${keys}`;
}
