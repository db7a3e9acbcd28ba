import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { type Format, useFormat } from '../../i18n/format.ts';
import { dimensionNames, fixedName } from './dimensions.ts';
import { type Targeting, weekdays } from './model.ts';
import { useInventoryNames } from './names.ts';

type Words = (rule: Targeting | null) => string;

/** Names of what rules have codes and ids for. */
interface Names {
  readonly region: (code: string) => string;
  readonly site: (id: string) => string;
  readonly zone: (id: string) => string;
}

/** Says rules in plain words, in the person's language. */
export function useRuleWords(rules: readonly (Targeting | null)[]): Words {
  const { t } = useTranslation('targeting');
  const format = useFormat();
  const codes = useMemo(
    () => [...new Set(rules.flatMap((rule) => valuesOn(rule, 'region')))].sort(),
    [rules],
  );
  const region = useRegionNames(codes);
  const site = useInventoryNames(
    'sites',
    rules.some((rule) => valuesOn(rule, 'site').length > 0),
  );
  const zone = useInventoryNames(
    'zones',
    rules.some((rule) => valuesOn(rule, 'zone').length > 0),
  );
  return (rule) =>
    rule === null ? t('everybody') : ruleWords(rule, { t, format, names: { region, site, zone } });
}

export function useRegionNames(codes: readonly string[]): (code: string) => string {
  const asked = codes.join(',');
  const { data } = useQuery({
    queryKey: ['regions', 'names', asked],
    queryFn: () => answerOf(api.GET('/regions', { params: { query: { codes: asked } } })),
    enabled: asked !== '',
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  const names = new Map(data?.items.map(({ code, name }) => [code, name]));
  return (code) => names.get(code) ?? code;
}

function valuesOn(rule: Targeting | null, on: 'region' | 'site' | 'zone'): string[] {
  if (rule === null) return [];
  if ('and' in rule) return rule.and.flatMap((part) => valuesOn(part, on));
  if ('or' in rule) return rule.or.flatMap((part) => valuesOn(part, on));
  if ('not' in rule) return valuesOn(rule.not, on);
  if (rule.on !== on) return [];
  return 'in' in rule ? rule.in : 'notIn' in rule ? rule.notIn : [];
}

interface Means {
  readonly t: TFunction<'targeting'>;
  readonly format: Format;
  readonly names: Names;
}

function ruleWords(rule: Targeting, means: Means): string {
  const { t, format } = means;
  const joined = (rules: readonly Targeting[], type: 'conjunction' | 'disjunction') =>
    new Intl.ListFormat(format.locale, { type }).format(rules.map((each) => grouped(each, means)));
  if ('and' in rule) return joined(rule.and, 'conjunction');
  if ('or' in rule) return joined(rule.or, 'disjunction');
  if ('not' in rule) return t('not', { rule: grouped(rule.not, means) });
  return leafWords(rule, means);
}

function grouped(rule: Targeting, means: Means): string {
  const words = ruleWords(rule, means);
  return 'and' in rule || 'or' in rule ? means.t('grouped', { rule: words }) : words;
}

function leafWords(
  leaf: Exclude<Targeting, { and: unknown } | { or: unknown } | { not: unknown }>,
  means: Means,
): string {
  const { t, format, names } = means;
  switch (leaf.on) {
    case 'browserVersion':
    case 'osVersion': {
      const { of, from = '', to = '' } = leaf;
      if (from === '') return t('versionTo', { of, to });
      return to === '' ? t('versionFrom', { of, from }) : t('versionBetween', { of, from, to });
    }
    case 'radius':
      return t('within', { km: format.number(leaf.km), place: `${leaf.latitude}, ${leaf.longitude}` });
    case 'schedule': {
      const days =
        leaf.weekdays?.map((day) => format.weekday(weekdays.indexOf(day) + 1, 'short')).join(t('listed')) ??
        '';
      const hours = leaf.hours === undefined ? '' : t('atHours', { hours: ranges(leaf.hours) });
      const clock = leaf.clock === 'visitor' ? t('clock.visitor') : leaf.clock;
      return t('schedule', { when: [days, hours].filter((part) => part !== '').join(t('listed')), clock });
    }
    case 'dates': {
      const [from, to] = [leaf.from, leaf.to].map((at) => (at === undefined ? '' : format.dateTime(at)));
      if (from === '') return t('until', { to });
      return to === '' ? t('from', { from }) : t('between', { from, to });
    }
    default: {
      const what = 'key' in leaf ? t('key', { key: leaf.key }) : t(dimensionNames[leaf.on]);
      const not = 'notIn' in leaf;
      const values = (not ? leaf.notIn : leaf.in).map((value) =>
        valueName(leaf.on, value, { t, format, names }),
      );
      const list = new Intl.ListFormat(format.locale, { type: 'disjunction' }).format(values);
      return t(not ? 'isNot' : 'is', { what, values: list });
    }
  }
}

/** How a value of a dimension is called. */
export function valueName(on: string, value: string, { t, format, names }: Means): string {
  if (on === 'region') return names.region(value);
  if (on === 'site') return names.site(value);
  if (on === 'zone') return names.zone(value);
  return fixedName(on, value, t, format) ?? value;
}

/** 8, 9, 10, 17 as 8–10, 17: each with the hour that it lasts. */
function ranges(hours: readonly number[]): string {
  const sorted = [...hours].sort((one, other) => one - other);
  const found: [number, number][] = [];
  for (const hour of sorted) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === hour) last[1] = hour + 1;
    else found.push([hour, hour + 1]);
  }
  return found.map(([from, to]) => `${from}–${to}`).join(', ');
}
