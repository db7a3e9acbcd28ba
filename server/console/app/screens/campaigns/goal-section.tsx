import { Group, NumberInput, Select } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useAccount } from '../../session/account.ts';
import { FormSection } from './form-section.tsx';
import { type LineItemValues, metrics, priceModels } from './line-item-values.ts';

type FormFields = Pick<UseFormReturnType<LineItemValues>, 'values' | 'getInputProps'>;

/** How much is to be delivered, what it costs, and how it is spread. */
export function GoalSection({ form }: { readonly form: FormFields }) {
  const { t } = useTranslation('campaigns');
  const { currency } = useAccount();
  const { values } = form;
  const per = [
    { value: 'flight', label: t('per.flight') },
    { value: 'day', label: t('per.day') },
  ];
  const payable = values.priceModel !== 'none' && values.priceModel !== 'flat';
  return (
    <FormSection title={t('section.howMuch')}>
      <Group gap="sm" align="flex-end">
        <Select
          {...form.getInputProps('goalMetric')}
          w={240}
          label={t('goal')}
          allowDeselect={false}
          data={[
            { value: 'none', label: t('noGoal') },
            ...metrics.map((value) => ({ value, label: t(`metric.${value}`) })),
          ]}
        />
        {values.goalMetric !== 'none' && (
          <>
            <NumberInput
              {...form.getInputProps('goalAmount')}
              w={150}
              label={t('goalAmount')}
              min={1}
              thousandSeparator
              hideControls
            />
            <Select
              {...form.getInputProps('goalPer')}
              w={150}
              label={t('goalPer')}
              allowDeselect={false}
              data={per}
            />
          </>
        )}
      </Group>
      <Group gap="sm" align="flex-end">
        <Select
          {...form.getInputProps('priceModel')}
          w={240}
          label={t('price')}
          allowDeselect={false}
          data={[
            { value: 'none', label: t('noPrice') },
            ...priceModels.map((value) => ({ value, label: t(`priceModel.${value}`) })),
          ]}
        />
        {values.priceModel !== 'none' && (
          <NumberInput
            {...form.getInputProps('price')}
            w={150}
            label={t('priceAmount')}
            suffix={` ${currency}`}
            min={0}
            decimalScale={6}
            hideControls
          />
        )}
        {payable && (
          <>
            <NumberInput
              {...form.getInputProps('budget')}
              w={150}
              label={t('budget')}
              suffix={` ${currency}`}
              placeholder={t('noBudget')}
              min={0}
              thousandSeparator
              hideControls
            />
            {values.budget !== '' && (
              <Select
                {...form.getInputProps('budgetPer')}
                w={150}
                label={t('budgetPer')}
                allowDeselect={false}
                data={per}
              />
            )}
          </>
        )}
      </Group>
      {(values.goalMetric !== 'none' || (payable && values.budget !== '')) && (
        <Select
          {...form.getInputProps('pacing')}
          maw={320}
          label={t('pacing')}
          allowDeselect={false}
          data={[
            { value: 'even', label: t('pacingEven') },
            { value: 'asap', label: t('pacingAsap') },
          ]}
        />
      )}
    </FormSection>
  );
}
