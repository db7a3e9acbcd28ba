import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { InterestForm } from './interest-form.tsx';
import { type Segment, useInterests } from './interests.ts';

interface Values {
  readonly name: string;
  readonly categories: readonly string[];
  readonly match: Segment['match'];
  readonly atLeast: number | string;
}

interface Props {
  readonly entity: Tagged<Segment> | undefined;
  readonly onClose: () => void;
}

/** Visitors with certain interests, as line items target them. */
export function SegmentForm({ entity, onClose }: Props) {
  const { t } = useTranslation('interests');
  const { data: categories = [] } = useInterests('interest-categories');
  const form = useForm<Values>({
    initialValues: valuesOf(entity?.value),
    validate: {
      name: (name) => (/^[a-z0-9_-]{1,60}$/.test(name.trim()) ? null : t('nameNeeded')),
      categories: (chosen) => (chosen.length === 0 ? t('categoryNeeded') : null),
    },
  });
  const names = new Set([...categories.map(({ name }) => name), ...form.values.categories]);
  return (
    <InterestForm kind="segments" entity={entity} form={form} bodyOf={bodyOf} onClose={onClose}>
      <TextInput
        {...form.getInputProps('name')}
        label={t('name')}
        description={t('nameHint')}
        data-autofocus
      />
      <MultiSelect
        {...form.getInputProps('categories')}
        value={[...form.values.categories]}
        label={t('segmentOf')}
        data={[...names]}
        searchable
        hidePickedOptions
        nothingFoundMessage={t('noCategories')}
      />
      <Select
        {...form.getInputProps('match')}
        label={t('match')}
        allowDeselect={false}
        data={(['any', 'all'] as const).map((value) => ({ value, label: t(`matches.${value}`) }))}
      />
      <NumberInput
        {...form.getInputProps('atLeast')}
        label={t('atLeast')}
        description={t('atLeastHint')}
        min={0.1}
        max={250}
      />
    </InterestForm>
  );
}

const valuesOf = (segment: Segment | undefined): Values => ({
  name: segment?.name ?? '',
  categories: segment?.categories ?? [],
  match: segment?.match ?? 'any',
  atLeast: segment?.atLeast ?? 3,
});

const bodyOf = ({ name, categories, match, atLeast }: Values) => ({
  name: name.trim(),
  categories,
  match,
  atLeast: Number(atLeast),
});
