import { hex, type Line, seededRandom } from '../../analytics/clickhouse/support.ts';

const dayMs = 86_400_000;

/** With a weight each: country, region, city, language. */
const places = [
  [30, 'TW', 'TW-TPE', 'Taipei', 'zh-tw'],
  [9, 'TW', 'TW-KHH', 'Kaohsiung', 'zh-tw'],
  [6, 'TW', 'TW-TXG', 'Taichung', 'zh-tw'],
  [16, 'DE', 'DE-BY', 'Munich', 'de-de'],
  [7, 'DE', 'DE-BE', 'Berlin', 'de-de'],
  [5, 'DE', 'DE-HH', 'Hamburg', 'de'],
  [11, 'US', 'US-CA', 'Los Angeles', 'en-us'],
  [8, 'US', 'US-NY', 'New York', 'en-us'],
  [7, 'JP', 'JP-13', 'Tokyo', 'ja'],
  [5, 'GB', 'GB-ENG', 'London', 'en-gb'],
  [3, 'BR', 'BR-SP', 'São Paulo', 'pt-br'],
  [3, 'FR', 'FR-IDF', 'Paris', 'fr'],
  [2, 'AU', 'AU-NSW', 'Sydney', 'en-au'],
  [2, 'SG', '', 'Singapore', 'en-sg'],
  [1, 'KE', 'KE-30', 'Nairobi', 'en-ke'],
  [1, '', '', '', 'en'],
] as const;

const browsers = [
  [46, 'Chrome', 131, 'Windows', '10', 'desktop'],
  [20, 'Mobile Safari', 18, 'iOS', '18.1', 'mobile'],
  [16, 'Chrome', 130, 'Android', '15', 'mobile'],
  [10, 'Safari', 18, 'macOS', '15.1', 'desktop'],
  [6, 'Firefox', 132, 'Windows', '10', 'desktop'],
  [3, 'Mobile Safari', 17, 'iOS', '17.6', 'tablet'],
] as const;

const pages = [
  [30, '/'],
  [18, '/news/harbour-lights'],
  [14, '/news/night-markets'],
  [9, '/travel/alps-by-train'],
  [6, '/travel'],
  [4, '/about'],
] as const;

const referrers = [
  [50, ''],
  [26, 'www.google.com'],
  [10, 'news.ycombinator.com'],
  [8, 'www.facebook.com'],
  [5, 'duckduckgo.com'],
] as const;

function drawn<T extends readonly [number, ...unknown[]]>(choices: readonly T[], random: () => number): T {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const choice of choices) {
    left -= choice[0];
    if (left < 0) return choice;
  }
  return choices[0] as T;
}

/**
 * Page views of a site in the weeks before `nowMs`, more by day than by night and more each week, the last ones in this
 * very half hour. The same for the same numbers.
 */
export function pageViews({
  nowMs,
  days,
  perDay,
  site,
}: Record<'nowMs' | 'days' | 'perDay' | 'site', number>) {
  const random = seededRandom(5);
  const lines: Line[] = [];
  let id = 1;
  const visit = (time: number) => {
    const [, country, region, city, language] = drawn(places, random);
    const [, browser, browser_version, os, os_version, device] = drawn(browsers, random);
    const [, referrer] = drawn(referrers, random);
    const visitor = hex(1_000_000 + Math.floor(random() * perDay * 2));
    const length = random() < 0.55 ? 1 : 2 + Math.floor(random() * 3);
    for (let page = 0; page < length; page += 1) {
      const at = Math.round(time) + page * 45_000;
      if (at >= nowMs) break;
      lines.push({
        ...{ type: 'page_view', id: hex(id), time: at, visitor, visitor_kind: 'cookie', site },
        ...{ country, region, city, language, browser, browser_version, os, os_version, device },
        ...{ page: `https://news.example${drawn(pages, random)[1]}`, referrer: page === 0 ? referrer : '' },
      });
      id += 1;
    }
  };
  for (let day = days; day >= 1; day -= 1) {
    const start = nowMs - day * dayMs;
    const visits = perDay * (0.7 + (0.6 * (days - day)) / days) * (0.85 + 0.3 * random());
    for (let visited = 0; visited < visits; visited += 1) {
      // The mean of two draws: most in the middle.
      visit(start + ((random() + random()) / 2) * dayMs);
    }
  }
  for (let minute = 29; minute >= 0; minute -= 1) {
    for (let visited = 0; visited < 1 + random() * 4; visited += 1) visit(nowMs - minute * 60_000 - 30_000);
  }
  return lines;
}
