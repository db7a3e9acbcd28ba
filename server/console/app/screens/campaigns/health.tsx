import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import type { components } from '../../api/schema';
import { type Format, useFormat } from '../../i18n/format.ts';
import { Meter } from '../../parts/meter.tsx';
import { useAccount } from '../../session/account.ts';
import classes from './health.module.css';
import type { LineItem } from './inventory.ts';

export type Health = components['schemas']['LineItemHealth'];
type Amount = NonNullable<Health['budget']>;

const most = 200;

/** How the line items of campaigns do; of one campaign also those that wait in it. */
export function useHealth(campaignIds: readonly number[]) {
  const only = campaignIds.length === 1 ? campaignIds[0] : undefined;
  const { data: lineItems = [] } = useQuery({
    queryKey: ['line-items', 'running', only ?? null],
    queryFn: async () => {
      const within = only === undefined ? {} : { campaignId: only };
      const query = { status: 'active,paused', limit: most, sort: '-id' as const, ...within };
      return (await answerOf(api.GET('/line-items', { params: { query } }))).items;
    },
  });
  const ids = lineItems
    .filter(({ campaignId }) => campaignIds.includes(campaignId))
    .map(({ id }) => id)
    .slice(0, most)
    .join(',');
  const { data: health = [] } = useQuery({
    queryKey: ['health', ids],
    queryFn: async () => (await answerOf(api.GET('/line-item-health', { params: { query: { ids } } }))).items,
    enabled: ids !== '',
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
  const byId = new Map(health.map((each) => [each.id, each]));
  const of = (id: number) => byId.get(id);
  const inCampaign = (id: number) => lineItems.filter(({ campaignId }) => campaignId === id);
  return {
    ofLineItem: (id: number): readonly Health[] => [of(id)].flatMap((each) => each ?? []),
    ofCampaign: (id: number): readonly Health[] => inCampaign(id).flatMap((each) => of(each.id) ?? []),
    /** From the first line item's start to the last one's end. */
    datesOf(id: number, format: Format): string {
      const items = inCampaign(id);
      if (items.length === 0) return '';
      const starts = items.map(({ startAt, createdAt }) => startAt ?? createdAt).sort();
      const ends = items.map(({ endAt }) => endAt);
      const end = ends.includes(null) ? null : (ends.sort().at(-1) ?? null);
      return flightOf({ startAt: starts[0] ?? null, endAt: end }, format);
    },
  };
}

/** From when until when, the last day included. */
export function flightOf({ startAt, endAt }: Pick<LineItem, 'startAt' | 'endAt'>, format: Format): string {
  const end = endAt === null ? '' : format.date(Date.parse(endAt) - 1);
  if (startAt === null) return end === '' ? '–' : `– ${end}`;
  return `${format.date(startAt)} – ${end}`.trimEnd();
}

/** Most in need of somebody's attention first. */
const urgency = ['behind', 'idle', 'ahead', 'waiting', 'running', 'on_plan', 'reached'] as const;

/** How one or several line items do: the bar of what was delivered, the state, and why it is so. */
export function HealthOf({ lineItems }: { readonly lineItems: readonly Health[] }) {
  const { t } = useTranslation('campaigns');
  const sorted = [...lineItems].sort(
    (one, other) => urgency.indexOf(one.state) - urgency.indexOf(other.state),
  );
  const [worst] = sorted;
  if (worst === undefined) return null;
  const alike = sorted.filter(({ state }) => state === worst.state).length;
  return (
    <Stack gap={4}>
      <PacingBar health={worst} />
      <Text size="xs" component="span" className={classes.state} data-state={worst.state}>
        {t(`health.${worst.state}`)}
        {lineItems.length > 1 && ` (${t('ofLineItems', { count: alike, total: lineItems.length })})`}
      </Text>
      {worst.reason !== null && (
        <Text size="xs" c="dimmed" component="span">
          {t(`reason.${worst.reason}`)}
        </Text>
      )}
    </Stack>
  );
}

const tones: Readonly<Record<string, 'warning' | 'idle'>> = {
  behind: 'warning',
  idle: 'idle',
  waiting: 'idle',
};

/** What was delivered of the goal or budget, with a mark where the plan is by now. */
export function PacingBar({ health }: { readonly health: Health }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { currency } = useAccount();
  const { goal, budget, lastDay, state } = health;
  const amount: Amount | null = goal ?? budget;
  if (amount === null) {
    return lastDay === null ? null : (
      <Text size="xs" component="span">
        {t('impressionsOfDay', { amount: format.number(lastDay.impressions) })}
      </Text>
    );
  }
  const shown = (value: number) => (goal === null ? format.money(value, currency) : format.compact(value));
  const unit = goal === null ? t('unitOf.money') : t(`unitOf.${goal.metric}`);
  const text = t('deliveredOf', { delivered: shown(amount.delivered), amount: shown(amount.amount), unit });
  return (
    <div>
      <Meter
        label={t('deliveredLabel')}
        text={text}
        value={amount.delivered}
        max={amount.amount}
        planned={amount.planned}
        tone={tones[state] ?? 'good'}
      />
      <Text size="xs" component="span" data-figures>
        {text}
        {amount.per === 'day' && ` ${t('today')}`}
      </Text>
    </div>
  );
}
