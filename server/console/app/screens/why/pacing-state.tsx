import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useAccount } from '../../session/account.ts';
import type { ExplainedLineItem } from './explained.tsx';

/** How a line item stands with its goal and budget now, and what workers may still show of it. */
export function PacingState({ pacing }: { readonly pacing: NonNullable<ExplainedLineItem['pacing']> }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const { currency } = useAccount();
  const { goal, budget, leased, needSeconds } = pacing;
  const lines = [
    ...(goal === null
      ? []
      : [
          t('goalStands', {
            state: t(`state.${goal.state}`),
            delivered: format.number(goal.delivered),
            amount: format.number(goal.amount),
            unit: t(`unit.${goal.metric}`),
          }),
        ]),
    ...(budget === null
      ? []
      : [
          t('budgetStands', {
            state: t(`state.${budget.state}`),
            delivered: format.money(budget.delivered, currency),
            amount: format.money(budget.amount, currency),
          }),
        ]),
    t('leased', { leased: format.number(leased) }),
    ...(needSeconds === null ? [] : [t('need', { seconds: format.number(Math.round(needSeconds)) })]),
  ];
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {lines.join(' · ')}
    </Text>
  );
}
