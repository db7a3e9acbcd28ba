import { Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Icon } from '../../parts/icon.tsx';

export const sorts = ['name', '-updatedAt', '-createdAt'] as const;
export type Sort = (typeof sorts)[number];
const statuses = ['running', 'active', 'paused', 'archived', 'all'] as const;

export interface Filters {
  readonly q: string;
  readonly status: (typeof statuses)[number];
  readonly sort: Sort;
  readonly advertiser: number | undefined;
}

/** What a list is narrowed down by: in the address, so that a link leads to the same. */
export function useFilters(): [Filters, (changes: Readonly<Record<string, string | null>>) => void] {
  const [params, setParams] = useSearchParams();
  const oneOf = <T extends string>(all: readonly T[], name: string, usual: T): T =>
    all.find((each) => each === params.get(name)) ?? usual;
  const filters = {
    q: params.get('q') ?? '',
    status: oneOf(statuses, 'status', 'running'),
    sort: oneOf(sorts, 'sort', '-updatedAt'),
    advertiser: Number(params.get('advertiser')) || undefined,
  };
  return [
    filters,
    (changes) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
  ];
}

/** As the API takes them. */
export const queryOf = ({ q, status, sort, advertiser }: Filters) => ({
  sort,
  ...(q.trim() === '' ? {} : { q: q.trim() }),
  ...(status === 'all' ? {} : { status: status === 'running' ? 'active,paused' : status }),
  ...(advertiser === undefined ? {} : { advertiserId: advertiser }),
});

interface Props {
  readonly filters: Filters;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
  readonly children?: React.ReactNode;
}

export function ListFilters({ filters, onChange, children }: Props) {
  const { t } = useTranslation('campaigns');
  const [text, setText] = useState(filters.q);
  const search = useDebouncedCallback((q: string) => onChange({ q }), 250);
  return (
    <Group gap="sm" mb="md">
      <TextInput
        flex="1 1 200px"
        maw={320}
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<Icon name="search" size={16} />}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          search(value);
        }}
      />
      {children}
      <Select
        w={160}
        aria-label={t('statusLabel')}
        allowDeselect={false}
        data={statuses.map((value) => ({ value, label: t(`filter.${value}`) }))}
        value={filters.status}
        onChange={(status) => onChange({ status })}
      />
      <Select
        w={170}
        aria-label={t('sortLabel')}
        allowDeselect={false}
        data={sorts.map((value) => ({ value, label: t(`sort.${value}`) }))}
        value={filters.sort}
        onChange={(sort) => onChange({ sort })}
      />
    </Group>
  );
}
