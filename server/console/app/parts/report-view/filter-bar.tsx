import { CloseButton, Group, Pill, Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './filter-bar.module.css';
import { FilterEditor } from './filter-editor.tsx';
import type { Filter } from './filters.ts';
import { PeriodPicker } from './period-picker.tsx';
import type { ViewControl } from './use-view.ts';
import { useValueNames } from './value-names.ts';

/** What the numbers below are of: days, conditions, and whether the period before is beside them. */
export function FilterBar({ view, children }: { readonly view: ViewControl; readonly children?: ReactNode }) {
  const { t } = useTranslation('report-view');
  const textOf = useFilterText();
  return (
    <Group gap="xs" mb="md">
      <PeriodPicker view={view} />
      <FilterEditor view={view} />
      {view.filters.map((filter) => (
        <Pill key={filter.dimension} size="lg" className={classes.pill}>
          {textOf(filter)}
          <CloseButton
            size="xs"
            ml={4}
            aria-label={t('filter.remove', { filter: textOf(filter) })}
            onClick={() => view.change({ filters: view.filters.filter((each) => each !== filter) })}
          />
        </Pill>
      ))}
      <Switch
        size="xs"
        ml={4}
        label={t('compare')}
        checked={view.compare}
        onChange={(event) => view.change({ compare: event.currentTarget.checked })}
      />
      {children}
    </Group>
  );
}

/** A condition in words. */
function useFilterText(): (filter: Filter) => string {
  const { t } = useTranslation('report-view');
  const nameOf = useValueNames();
  const operators = { '=': t('filter.is'), '!=': t('filter.isNot'), '^=': t('filter.begins') };
  const names: Record<string, string> = t('dimensions', { returnObjects: true });
  return ({ dimension, operator, values }) => {
    const written = values.map((value) => nameOf(dimension, value)).join(t('filter.or'));
    return `${names[dimension] ?? dimension} ${operators[operator]} ${written}`;
  };
}
