import {
  Alert,
  Anchor,
  Box,
  Button,
  Grid,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { useDraft } from '../../parts/use-draft.ts';
import { timeZones } from '../../parts/zoned-time.ts';
import { TargetingBuilder } from '../targeting/builder.tsx';
import { incompleteIn } from '../targeting/model.ts';
import { CapsField } from './caps-field.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { FormSection } from './form-section.tsx';
import { GoalSection } from './goal-section.tsx';
import type { LineItem } from './inventory.ts';
import classes from './line-item-form.module.css';
import { bodyOf, type LineItemBody, type LineItemValues, types } from './line-item-values.ts';

/** What is filled in, with the version that it changes. */
export interface KeptLineItem {
  readonly values: LineItemValues;
  readonly base?: Tagged<LineItem>;
}

interface Props {
  /** Under which what is filled in and not saved is kept. */
  readonly draftName: string;
  readonly initial: LineItemValues;
  /** What was kept so. */
  readonly kept: KeptLineItem | undefined;
  /** What it is a change of. */
  readonly base?: Tagged<LineItem>;
  readonly lineItemId?: number;
  /** Of its creatives. */
  readonly sizes?: readonly (readonly [number, number])[];
  readonly submitLabel: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: (body: LineItemBody) => void;
}

/** All of a line item but its creatives, with what it can expect beside it. */
export function LineItemForm({
  draftName,
  initial,
  kept,
  base,
  lineItemId,
  sizes,
  error,
  onSubmit,
  ...rest
}: Props) {
  const { t } = useTranslation('campaigns');
  const [told, setTold] = useState(kept !== undefined);
  const form = useForm<LineItemValues>({
    initialValues: kept?.values ?? initial,
    validate: {
      name: (name) => (name.trim() === '' ? t('nameNeeded') : null),
      endAt: (endAt, { startAt, goalMetric, goalPer }) => {
        if (endAt !== '' && startAt !== '' && endAt <= startAt) return t('endAfterStart');
        return endAt === '' && goalMetric !== 'none' && goalPer === 'flight' ? t('goalNeedsEnd') : null;
      },
    },
  });
  const { values, setErrors } = form;
  const body = useMemo(() => bodyOf(values), [values]);
  const before = useMemo(() => bodyOf(initial), [initial]);
  useDraft(draftName, { values, base }, JSON.stringify(body) !== JSON.stringify(before));
  useEffect(() => setErrors(ofForm(fieldErrors(error))), [error, setErrors]);
  const incomplete = incompleteIn(values.targeting);
  const startAnew = () => {
    form.setValues(initial);
    setTold(false);
  };
  return (
    <form onSubmit={form.onSubmit((filled) => onSubmit(bodyOf(filled)))} noValidate>
      {told && (
        <Alert
          mb="md"
          icon={<Icon name="refresh" />}
          withCloseButton
          closeButtonLabel={t('close')}
          onClose={() => setTold(false)}
        >
          {t('draftKept')}{' '}
          <Anchor component="button" type="button" size="sm" onClick={startAnew}>
            {t('draftDiscard')}
          </Anchor>
        </Alert>
      )}
      <div className={classes.columns}>
        <Stack gap="md" miw={0}>
          {error !== null && <ErrorNote error={error} />}
          <FormSection title={t('section.what')}>
            <TextInput {...form.getInputProps('name')} label={t('name')} maxLength={200} />
            <Grid gap="sm">
              <Grid.Col span={{ base: 12, xs: 6 }}>
                <Select
                  {...form.getInputProps('type')}
                  label={t('typeLabel')}
                  description={t(`typeHint.${values.type}`)}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  allowDeselect={false}
                  data={types.map((value) => ({ value, label: t(`type.${value}`) }))}
                />
              </Grid.Col>
              <Grid.Col span={{ base: 12, xs: 6 }}>
                {values.type === 'sponsorship' ? (
                  <NumberInput
                    {...form.getInputProps('share')}
                    label={t('share')}
                    min={1}
                    max={100}
                    suffix=" %"
                  />
                ) : (
                  <NumberInput
                    {...form.getInputProps('weight')}
                    label={t('weight')}
                    description={t('weightHint')}
                    inputWrapperOrder={['label', 'input', 'description', 'error']}
                    min={1}
                    max={1_000_000}
                  />
                )}
              </Grid.Col>
            </Grid>
          </FormSection>
          <FormSection title={t('section.when')}>
            <Grid gap="sm">
              <Grid.Col span={{ base: 12, xs: 6 }}>
                <TextInput {...form.getInputProps('startAt')} type="datetime-local" label={t('startAt')} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, xs: 6 }}>
                <TextInput {...form.getInputProps('endAt')} type="datetime-local" label={t('endAt')} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, xs: 6 }}>
                <Select
                  {...form.getInputProps('timeZone')}
                  label={t('timeZone')}
                  searchable
                  allowDeselect={false}
                  limit={60}
                  data={[...new Set([values.timeZone, ...timeZones()])]}
                />
              </Grid.Col>
            </Grid>
            <Text size="xs" c="dimmed">
              {t('datesHint')}
            </Text>
          </FormSection>
          <GoalSection form={form} />
          <FormSection title={t('section.who')}>
            <TargetingBuilder
              group={values.targeting}
              onChange={(targeting) => form.setFieldValue('targeting', targeting)}
            />
            {incomplete > 0 && (
              <Text size="sm" c="var(--mantine-color-error)" role="status">
                {t('incomplete', { count: incomplete })}
              </Text>
            )}
          </FormSection>
          <FormSection title={t('section.often')}>
            <CapsField {...form.getInputProps('caps')} label={t('caps')} />
            <Switch
              {...form.getInputProps('roadblock', { type: 'checkbox' })}
              label={t('roadblock')}
              description={t('roadblockHint')}
            />
          </FormSection>
          <Group className={classes.foot}>
            <Button type="submit" loading={rest.pending}>
              {rest.submitLabel}
            </Button>
          </Group>
        </Stack>
        <Box component="aside" aria-label={t('forecast.title')} className={classes.side}>
          <ForecastPanel body={body} sizes={sizes} lineItemId={lineItemId} />
        </Box>
      </div>
    </form>
  );
}

const formFields: Readonly<Record<string, string>> = {
  goal: 'goalAmount',
  'goal.amount': 'goalAmount',
  'price.micros': 'price',
  'budget.micros': 'budget',
};

/** Messages of the API's fields at the form's. */
const ofForm = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([field, message]) => [formFields[field] ?? field, message]));
