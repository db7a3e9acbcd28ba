import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { useAccount } from '../../session/account.ts';

/** Names of ISO 3166-2 codes, in their countries' own spelling. Loaded where regions are shown. */
async function loadRegionNames(): Promise<ReadonlyMap<string, string>> {
  const { iso31662 } = await import('iso-3166/2.js');
  return new Map(iso31662.map(({ code, name }) => [code, name]));
}

const noNames: ReadonlyMap<string, string> = new Map();

/** Who may list sites, to know their names. */
const knowsSites = new Set(['admin', 'adops', 'publisher']);

/** How values of dimensions are written for people, like `TW` as Taiwan. */
export function useValueNames(): (dimension: string, value: string | number | null) => string {
  const { t } = useTranslation('report-view');
  const format = useFormat();
  const { role } = useAccount();
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
  return useMemo(() => {
    const devices: Record<string, string> = t('devices', { returnObjects: true });
    const siteNames = new Map(sites?.items.map(({ id, name }) => [String(id), name]));
    return (dimension, value) => {
      const text = String(value ?? '');
      if (dimension === 'site') return siteNames.get(text) ?? t('siteNumber', { number: text });
      if (dimension === 'browserVersion') return text === '0' ? t('unknown') : text;
      if (text === '') return dimension === 'referrer' ? t('noReferrer') : t('unknown');
      if (dimension === 'country') return format.country(text);
      if (dimension === 'region') return regions.get(text) ?? text;
      if (dimension === 'language') return format.language(text);
      if (dimension === 'device') return devices[text] ?? text;
      if (dimension === 'page') return text.replace(/^https?:\/\//, '');
      return text;
    };
  }, [t, format, regions, sites]);
}
