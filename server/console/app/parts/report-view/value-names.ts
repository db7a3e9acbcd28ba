import { useQueries, useQuery } from '@tanstack/react-query';
import { useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { AccountContext } from '../../session/account.ts';

/** Names of ISO 3166-2 codes, in their countries' own spelling. Loaded where regions are shown. */
async function loadRegionNames(): Promise<ReadonlyMap<string, string>> {
  const { iso31662 } = await import('iso-3166/2.js');
  return new Map(iso31662.map(({ code, name }) => [code, name]));
}

const noNames: ReadonlyMap<string, string> = new Map();

/** Who may list sites, to know their names. */
const knowsSites = new Set(['admin', 'adops', 'publisher']);

/** Who may list what advertisers book, to know its names. */
const knowsDemand = new Set(['admin', 'adops', 'advertiser']);

const numbered = ['zone', 'advertiser', 'campaign', 'lineItem', 'creative'] as const;
type Numbered = (typeof numbered)[number];
const isNumbered = (dimension: string): dimension is Numbered => numbered.includes(dimension as Numbered);

const listOf = {
  zone: () => api.GET('/zones', many),
  advertiser: () => api.GET('/advertisers', many),
  campaign: () => api.GET('/campaigns', many),
  lineItem: () => api.GET('/line-items', many),
  creative: () => api.GET('/creatives', many),
} as const;
const many = { params: { query: { limit: 200 } } };

/** Readers of a shared report have none. */
const useRole = () => useContext(AccountContext)?.role ?? '';

/** Names of what the dimensions number, like `lineItem 12`; of the first 200 of each. */
function useInventoryNames(dimensions: readonly string[]): ReadonlyMap<string, string> {
  const role = useRole();
  const asked = numbered.filter(
    (name) => dimensions.includes(name) && (name === 'zone' ? knowsSites : knowsDemand).has(role),
  );
  return useQueries({
    queries: asked.map((name) => ({
      queryKey: [name, 'names'],
      queryFn: async () => {
        const { items } = await answerOf<{ items: readonly { id: number; name: string }[] }>(listOf[name]());
        return items.map((item) => [`${name} ${item.id}`, item.name] as const);
      },
    })),
    combine: (results) => new Map(results.flatMap(({ data = [] }) => data)),
  });
}

/** How values of dimensions are written for people, like `TW` as Taiwan. */
export function useValueNames(
  /** Those that number things of the inventory have their names loaded. */
  dimensions: readonly string[] = [],
): (dimension: string, value: string | number | null) => string {
  const { t } = useTranslation('report-view');
  const format = useFormat();
  const role = useRole();
  const { data: regions = noNames } = useQuery({
    queryKey: ['region-names'],
    queryFn: loadRegionNames,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data: sites } = useQuery({
    queryKey: ['sites', 'names'],
    queryFn: () => answerOf(api.GET('/sites', { params: { query: { limit: 200 } } })),
    enabled: knowsSites.has(role),
  });
  const inventory = useInventoryNames(dimensions);
  return useMemo(() => {
    const devices: Record<string, string> = t('devices', { returnObjects: true });
    const siteNames = new Map(sites?.items.map(({ id, name }) => [String(id), name]));
    return (dimension, value) => {
      const text = String(value ?? '');
      if (dimension === 'site') return siteNames.get(text) ?? t('siteNumber', { number: text });
      if (text === 'other') return t('other');
      if (isNumbered(dimension)) {
        if (text === '0') return t('noAd');
        return inventory.get(`${dimension} ${text}`) ?? t(`idOf.${dimension}`, { number: text });
      }
      if (dimension === 'browserVersion') return text === '0' ? t('unknown') : text;
      if (text === '') return dimension === 'referrer' ? t('noReferrer') : t('unknown');
      if (dimension === 'country') return format.country(text);
      if (dimension === 'region') return regions.get(text) ?? text;
      if (dimension === 'language') return format.language(text);
      if (dimension === 'device') return devices[text] ?? text;
      if (dimension === 'page') return text.replace(/^https?:\/\//, '');
      return text;
    };
  }, [t, format, regions, sites, inventory]);
}
