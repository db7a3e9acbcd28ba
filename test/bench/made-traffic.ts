import type { ClickHouse } from '../../analytics/index.ts';

/** A site's visitors as the maker draws them. */
export interface MadeTraffic {
  /** Events to make, about. */
  readonly events: number;
  readonly days: number;
  /** Midnight UTC before the first event, milliseconds since 1970. */
  readonly startMs: number;
}

const countries = 200;
const citiesPerCountry = 15;
const browsers = 40;
const pages = 5000;
const sites = 5;
const zonesPerSite = 4;
const lineItems = 40;
/** Of each visitor on a day they come: page views, each with one ad request. */
const meanViews = 5;
const consenting = 0.3;

/** A number below `n`, small ones far more often (density falls with the square root). `draw` is SQL, uniform in [0, 1). */
const skewed = (draw: string, n: number) => `toUInt32(floor(${n} * pow(${draw}, 3)))`;
/** SQL, uniform in [0, 1): drawn from a number and a name. */
const drawn = (of: string, name: string) => `(cityHash64(${of}, '${name}') % 1000003) / 1000003`;

/**
 * Fills `events` with realistic traffic, made by ClickHouse itself: 200 countries, 3,000 cities, 40 browsers, 5,000 pages,
 * a daily curve in each country's own time, visitors of whom 30 % consented and come again. A page view has an ad request;
 * of those 85 % are filled; then impression, viewable impression and click follow, as they do. One event in 200 comes twice,
 * one in 50 is invalid. The same each time.
 */
export async function makeTraffic(clickhouse: ClickHouse, traffic: MadeTraffic): Promise<void> {
  const { events, days, startMs } = traffic;
  const eventsPerView = 1 + 1 + 0.85 * (0.93 + 0.93 * 0.6 + 0.004);
  const viewsPerDay = Math.round(events / days / eventsPerView);
  const mostViews = 1_000_000;
  for (let day = 0; day < days; day++) {
    for (let first = 0; first < viewsPerDay; first += mostViews) {
      const views = Math.min(mostViews, viewsPerDay - first);
      await clickhouse.command(
        insertViews(startMs / 1000 + day * 86_400, day, first, views, viewsPerDay),
        {},
        {
          lane: 'jobs',
        },
      );
    }
  }
}

function insertViews(startS: number, day: number, first: number, views: number, viewsPerDay: number): string {
  const people = Math.max(1, Math.round((viewsPerDay / meanViews) * 6));
  const visitorsOfDay = Math.max(1, Math.round(viewsPerDay / meanViews));
  const iso = `concat(char(65 + intDiv(place, 26) % 26), char(65 + place % 26))`;
  return `INSERT INTO events (type, id, time, origin, visitor, visitor_kind, site, zone, advertiser, campaign, line_item,
      creative, no_fill, country, region, city, network, geo_build, browser, browser_version, os, os_version, device, language,
      page, referrer, invalid, asn, price_nanos)
    SELECT kind, if(kind = 'page_view', cityHash64(view, 'page'), cityHash64(view, 'ad')) AS id,
      fromUnixTimestamp64Milli(toInt64(at_ms + shift), 'UTC') AS time, fromUnixTimestamp64Milli(toInt64(at_ms), 'UTC') AS origin,
      if(consented, cityHash64(person, 'cookie'), cityHash64(person, ${day}, 'daily')) AS visitor,
      if(consented, 'cookie', 'daily') AS visitor_kind, site,
      if(kind = 'page_view', 0, site * ${zonesPerSite} + ${skewed(drawn('view', 'zone'), zonesPerSite)}) AS zone,
      if(bare, 0, 1 + item % 8) AS advertiser, if(bare, 0, 1 + item % 20) AS campaign, if(bare, 0, 1 + item) AS line_item,
      if(bare, 0, 1 + item * 2 + view % 2) AS creative,
      if(kind = 'ad_request' AND NOT filled, ['targeting', 'pacing', 'no_creative_fits', 'cap'][1 + view % 4], '') AS no_fill,
      ${iso} AS country, concat(country, '-', toString(town % 5)) AS region, concat('City ', toString(place), ' ', toString(town)) AS city,
      concat(toString(1 + person % 220), '.', toString(person % 251), '.', toString(person % 241), '.0/24') AS network,
      20260605 AS geo_build, concat('Browser ', toString(agent % 8)) AS browser, 100 + intDiv(agent, 8) AS browser_version,
      ['Windows', 'Android', 'iOS', 'macOS', 'Linux'][1 + agent % 5] AS os, toString(10 + agent % 3) AS os_version,
      ['mobile', 'desktop', 'tablet'][1 + agent % 3] AS device,
      concat(lower(country), if(person % 3 = 0, '', '-xx')) AS language,
      if(kind IN ('page_view', 'ad_request'), concat('https://site', toString(site), '.example/article/', toString(article)), '') AS page,
      if(kind = 'page_view', ['', 'search.example', 'social.example', 'news.example'][1 + view % 4], '') AS referrer,
      if(cityHash64(view, kind, 'bad') % 50 = 0, 'bot', '') AS invalid, 64000 + place AS asn,
      if(kind = 'impression', 1500000 + item * 100000, 0) AS price_nanos
    FROM (
      SELECT *, pair.1 AS kind, pair.2 AS shift, kind = 'page_view' OR kind = 'ad_request' AND NOT filled AS bare
      FROM (
        SELECT *, arrayJoin(arrayConcat(
          [('page_view', 0), ('ad_request', 200)],
          if(filled AND shown < 0.93, [('impression', 700)], []),
          if(filled AND shown < 0.93 * 0.6, [('viewable', 2500)], []),
          if(filled AND shown < 0.004, [('click', 9000 + view % 60000)], []),
          if(view % 60 = 0, [('ad_request', 900)], []))) AS pair
        FROM (
          SELECT view, person, consented, place, town, agent, article, article % ${sites} + 1 AS site,
            ${skewed(drawn('view', 'item'), lineItems)} AS item, ${drawn('view', 'filled')} < 0.85 AS filled,
            ${drawn('view', 'shown')} AS shown,
            toInt64(${startS}) * 1000 + toInt64(86399000 * positiveModulo(hour_share + place / ${countries}, 1)) AS at_ms
          FROM (
            SELECT ${day} * 100000000 + ${first} + number AS view,
              toUInt64(cityHash64(${first} + number, ${day}, 'who') % ${visitorsOfDay}) AS who,
              if(${drawn(`who, ${day}`, 'regular')} < 0.5, cityHash64(who, ${day}, 'p') % ${Math.ceil(people / 10)}, cityHash64(who, ${day}, 'p') % ${people}) AS person,
              ${drawn('person', 'consent')} < ${consenting} AS consented,
              ${skewed(drawn('person', 'place'), countries)} AS place,
              ${skewed(drawn('person', 'town'), citiesPerCountry)} AS town,
              ${skewed(drawn('person', 'agent'), browsers)} AS agent,
              ${skewed(drawn('view', 'article'), pages)} AS article,
              (${drawn('view', 'a')} + ${drawn('view', 'b')}) / 2 AS hour_share
            FROM numbers(${views})
          )
        )
      )
    )
    SETTINGS max_partitions_per_insert_block = 0, max_threads = 2, max_insert_threads = 1`;
}
