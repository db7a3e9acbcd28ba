import { Anchor, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { components } from '../../api/schema';
import { type Format, useFormat } from '../../i18n/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { useRegionNames, useRuleWords } from '../targeting/words.ts';
import classes from './explained.module.css';
import { PacingState } from './pacing-state.tsx';

export type Explanation = components['schemas']['Explanation'];
export type ExplainedLineItem = Explanation['lineItems'][number];

/** The decision: who is in the draw, and what dropped each of the others. */
export function Explained({ answer }: { readonly answer: Explanation }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const drawn = answer.lineItems.filter(({ candidate }) => candidate);
  const dropped = answer.lineItems.filter(({ candidate }) => !candidate);
  return (
    <Stack gap="md">
      <Visitor answer={answer} format={format} />
      <section aria-labelledby="why-drawn">
        <Title order={2} mb="sm" id="why-drawn">
          {t('drawn')}
        </Title>
        {drawn.length === 0 ? (
          <Paper p="md">
            <Group gap="xs" wrap="nowrap">
              <Icon name="warning" />
              <Text size="sm">{t('nobody')}</Text>
            </Group>
          </Paper>
        ) : (
          <LineItems lineItems={drawn} />
        )}
      </section>
      {dropped.length > 0 && (
        <section aria-labelledby="why-dropped">
          <Title order={2} mb="sm" id="why-dropped">
            {t('dropped', { count: dropped.length })}
          </Title>
          <LineItems lineItems={dropped} />
        </section>
      )}
    </Stack>
  );
}

/** What is known of who asks. */
function Visitor({ answer, format }: { readonly answer: Explanation; readonly format: Format }) {
  const { t } = useTranslation('why');
  const { visitor, at, zone } = answer;
  const region = useRegionNames(visitor.region === null ? [] : [visitor.region]);
  const place = [
    visitor.city,
    visitor.region === null ? null : region(visitor.region),
    visitor.country === null ? null : format.country(visitor.country),
  ].filter((part) => part !== null && part !== '');
  const version = visitor.browserVersion === 0 ? '' : ` ${visitor.browserVersion}`;
  const facts = [
    ['seenPlace', place.length === 0 ? t('unknown') : place.join(', ')],
    ['seenBrowser', visitor.browser === '' ? t('unknown') : `${visitor.browser}${version}, ${visitor.os}`],
    ['seenLanguage', visitor.language === '' ? t('unknown') : format.language(visitor.language)],
    ['seenAt', format.dateTime(at)],
    ['seenSizes', zone.sizes.map(([width, height]) => `${width}×${height}`).join(', ')],
  ] as const;
  return (
    <Paper p="md" component="section" aria-label={t('seen')}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Paper>
  );
}

function LineItems({ lineItems }: { readonly lineItems: readonly ExplainedLineItem[] }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const words = useRuleWords(lineItems.flatMap(({ unmet }) => unmet));
  return (
    <Paper component="ul" className={classes.list}>
      {lineItems.map((lineItem) => (
        <li key={lineItem.id} className={classes.item}>
          <div className={classes.head}>
            <div>
              <Anchor
                component={Link}
                href={`/campaigns/line-items/${lineItem.id}`}
                fw={550}
                c="var(--mantine-color-text)"
              >
                {lineItem.name}
              </Anchor>
              <Text size="xs" c="dimmed">
                {lineItem.advertiser} › {lineItem.campaign}
              </Text>
            </div>
            <Group gap={6}>
              <Badge variant="default" radius="sm" tt="none" fw={500}>
                {t(`type.${lineItem.type as 'standard'}`)}
              </Badge>
              <Badge variant="default" radius="sm" tt="none" fw={500}>
                {t('weight', { weight: format.number(lineItem.weight) })}
              </Badge>
            </Group>
          </div>
          {lineItem.candidate ? (
            <div className={classes.chance}>
              <span className={classes.track} aria-hidden="true">
                <span className={classes.share} style={{ width: `${100 * lineItem.share}%` }} />
              </span>
              <Text size="sm" component="span" fw={550} data-figures>
                {t('chance', { share: format.percent(lineItem.share) })}
              </Text>
            </div>
          ) : (
            <Why lineItem={lineItem} words={words} />
          )}
          {lineItem.pacing !== null && <PacingState pacing={lineItem.pacing} />}
        </li>
      ))}
    </Paper>
  );
}

/** What dropped it, in plain words. */
function Why({
  lineItem,
  words,
}: {
  readonly lineItem: ExplainedLineItem;
  readonly words: ReturnType<typeof useRuleWords>;
}) {
  const { t } = useTranslation('why');
  const { outcome, passedOver, unmet } = lineItem;
  const said =
    passedOver === null ? t(`outcome.${outcome as 'targeting'}`) : t(`passedOver.${passedOver as 'pacing'}`);
  return (
    <div className={classes.why}>
      <Icon name="cross" size={15} />
      <div>
        <Text size="sm">{said}</Text>
        {unmet.length > 0 && (
          <ul className={classes.unmet}>
            {unmet.map((rule) => (
              <li key={JSON.stringify(rule)}>{words(rule)}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
