import { Button, Popover, Select, Stack, TagsInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../icon.tsx';
import { type Operator, withFilter } from './filters.ts';
import { useReport } from './use-report.ts';
import type { ViewControl } from './use-view.ts';
import { useValueNames } from './value-names.ts';

export const filterDimensions = [
  ...(['country', 'region', 'city', 'site', 'page', 'referrer'] as const),
  ...(['browser', 'os', 'device', 'language'] as const),
];
export type FilterDimension = (typeof filterDimensions)[number];

/** Dimensions whose values are numbers: nothing begins with one. */
const ofNumbers: ReadonlySet<string> = new Set(['site']);

/** A button that asks for one more condition. */
export function FilterEditor({ view }: { readonly view: ViewControl }) {
  const { t } = useTranslation('report-view');
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover
      opened={opened}
      onDismiss={close}
      position="bottom-start"
      trapFocus
      shadow="md"
      radius="lg"
      width={310}
    >
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="filter" size={16} />} onClick={toggle}>
          {t('filter.add')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{opened && <Condition view={view} onDone={close} />}</Popover.Dropdown>
    </Popover>
  );
}

function Condition({ view, onDone }: { readonly view: ViewControl; readonly onDone: () => void }) {
  const { t } = useTranslation('report-view');
  const [dimension, setDimension] = useState<FilterDimension>('country');
  const [operator, setOperator] = useState<Operator>('=');
  const [labels, setLabels] = useState<string[]>([]);
  const known = useKnownValues(view, dimension);
  const values = labels.map((label) => known.find((each) => each.label === label)?.value ?? label);
  const operators = [
    { value: '=', label: t('filter.is') },
    { value: '!=', label: t('filter.isNot') },
    ...(ofNumbers.has(dimension) ? [] : [{ value: '^=', label: t('filter.begins') }]),
  ];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        view.change({ filters: withFilter(view.filters, { dimension, operator, values }) });
        onDone();
      }}
    >
      <Stack gap="sm">
        <Select
          label={t('filter.dimension')}
          data={filterDimensions.map((value) => ({ value, label: t(`dimensions.${value}`) }))}
          value={dimension}
          onChange={(chosen) => {
            setDimension((chosen ?? 'country') as FilterDimension);
            setOperator('=');
            setLabels([]);
          }}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
        <Select
          label={t('filter.operator')}
          data={operators}
          value={operator}
          onChange={(chosen) => setOperator((chosen ?? '=') as Operator)}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
        <TagsInput
          label={t('filter.values')}
          description={t('filter.valuesHint')}
          data={[...new Set(known.map(({ label }) => label))]}
          value={labels}
          onChange={setLabels}
          maxDropdownHeight={220}
          comboboxProps={{ withinPortal: false }}
        />
        <Button type="submit" disabled={values.length === 0}>
          {t('filter.apply')}
        </Button>
      </Stack>
    </form>
  );
}

/** What there is of a dimension in the period, the most first. */
function useKnownValues(view: ViewControl, dimension: FilterDimension): { value: string; label: string }[] {
  const nameOf = useValueNames();
  const { data } = useReport({
    ...{ report: 'visitors', metrics: ['pageViews'], dimensions: [dimension], limit: 100 },
    view: { ...view, filters: [], compare: false },
  });
  return (data?.rows ?? []).map((row) => {
    const value = String(row[dimension] ?? '');
    return { value, label: nameOf(dimension, value) };
  });
}
