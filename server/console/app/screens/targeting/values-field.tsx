import { MultiSelect, TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { useFormat } from '../../i18n/format.ts';
import { dimensionNames, fixedName, fixedValues, usualValues } from './dimensions.ts';
import type { ListDimension } from './model.ts';
import { useInventoryList } from './names.ts';
import { useRegionNames } from './words.ts';

interface Props {
  readonly on: ListDimension;
  readonly values: readonly string[];
  readonly onChange: (values: string[]) => void;
}

/** Chooses values of a dimension: among all, by a search, or freely with suggestions. */
export function ValuesField(props: Props) {
  const { on } = props;
  if (on === 'region') return <RegionsField {...props} />;
  if (on === 'site' || on === 'zone')
    return <InventoryField {...props} kind={on === 'site' ? 'sites' : 'zones'} />;
  if (fixedValues[on] !== undefined) return <FixedField {...props} />;
  if (on === 'segment') return <SegmentsField {...props} />;
  if (on === 'city') return <CitiesField {...props} />;
  return <FreeField {...props} suggestions={usualValues[on] ?? []} />;
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

function Choices({
  on,
  values,
  onChange,
  data,
  ...rest
}: Props & { data: Choice[]; onSearch?: (text: string) => void; search?: string; empty?: string }) {
  const { t } = useTranslation('targeting');
  const { onSearch, search, empty } = rest;
  return (
    <MultiSelect
      size="xs"
      searchable
      clearable={false}
      hidePickedOptions
      limit={100}
      aria-label={t('valuesOf', { what: t(dimensionNames[on]) })}
      placeholder={values.length === 0 ? t('choose') : undefined}
      nothingFoundMessage={empty ?? t('nothingFound')}
      data={data}
      value={[...values]}
      onChange={onChange}
      {...(onSearch === undefined
        ? {}
        : { onSearchChange: onSearch, searchValue: search, filter: ({ options }) => options })}
    />
  );
}

function FixedField(props: Props) {
  const { t } = useTranslation('targeting');
  const format = useFormat();
  const { on, values } = props;
  const data = useMemo(() => {
    const known = fixedValues[on]?.() ?? [];
    const choices = [...new Set([...known, ...values])].map((value) => ({
      value,
      label: fixedName(on, value, t, format) ?? value,
    }));
    return on === 'country' || on === 'language'
      ? choices.sort((one, other) => one.label.localeCompare(other.label, format.locale))
      : choices;
  }, [on, values, t, format]);
  return <Choices {...props} data={data} />;
}

/** Regions of all countries, found by their names as one types. */
function RegionsField(props: Props) {
  const { t } = useTranslation('targeting');
  const format = useFormat();
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const { data } = useQuery({
    queryKey: ['regions', 'search', asked],
    queryFn: () => answerOf(api.GET('/regions', { params: { query: { q: asked } } })),
    enabled: asked !== '',
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  const nameOf = useRegionNames(props.values);
  const found = search.trim() === '' ? [] : (data?.items ?? []);
  const label = (code: string, name: string) => `${name}, ${format.country(code.slice(0, 2))}`;
  const choices = new Map([
    ...props.values.map((code) => [code, label(code, nameOf(code))] as const),
    ...found.map(({ code, name }) => [code, label(code, name)] as const),
  ]);
  return (
    <Choices
      {...props}
      data={[...choices].map(([value, name]) => ({ value, label: name }))}
      search={search}
      onSearch={setSearch}
      empty={search.trim() === '' ? t('typeRegion') : t('nothingFound')}
    />
  );
}

function InventoryField({ kind, ...props }: Props & { readonly kind: 'sites' | 'zones' }) {
  const known = useInventoryList(kind);
  const choices = new Map([
    ...props.values.map((id) => [id, `#${id}`] as const),
    ...known.map(({ id, name }) => [String(id), name] as const),
  ]);
  return <Choices {...props} data={[...choices].map(([value, label]) => ({ value, label }))} />;
}

function SegmentsField(props: Props) {
  const { t } = useTranslation('targeting');
  const known = useInventoryList('segments').map(({ name }) => name);
  const names = [...new Set([...known, ...props.values])];
  const data = names.map((name) => ({ value: name, label: name }));
  return <Choices {...props} data={data} empty={t(known.length === 0 ? 'noSegments' : 'nothingFound')} />;
}

/** Any city by its country and English name; those that visitors came from are suggested. */
function CitiesField(props: Props) {
  const { data } = useQuery({
    queryKey: ['cities', 'of traffic'],
    queryFn: async () => {
      const query = { dimensions: 'country,city', metrics: 'pageViews', sort: '-pageViews', limit: 300 };
      const answer = await answerOf(
        api.GET('/reports/{name}', { params: { path: { name: 'traffic' }, query: query as never } }),
      );
      return (answer as { rows: readonly { country?: string; city?: string }[] }).rows.flatMap(
        ({ country, city }) => (country && city ? [`${country}/${city}`] : []),
      );
    },
    staleTime: 600_000,
    retry: false,
  });
  return <FreeField {...props} suggestions={data ?? []} />;
}

function FreeField({
  on,
  values,
  onChange,
  suggestions,
}: Props & { readonly suggestions: readonly string[] }) {
  const { t } = useTranslation('targeting');
  return (
    <TagsInput
      size="xs"
      aria-label={t('valuesOf', { what: t(dimensionNames[on]) })}
      placeholder={values.length === 0 ? t(`placeholder.${on as 'city'}`) : undefined}
      data={[...suggestions]}
      limit={100}
      splitChars={[',', '\n']}
      acceptValueOnBlur
      value={[...values]}
      onChange={onChange}
    />
  );
}
