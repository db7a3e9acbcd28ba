import { Button, Divider, Group, Popover, Select, Stack, UnstyledButton } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Icon } from '../icon.tsx';
import { type DayRange, presets } from './period.ts';
import classes from './period-picker.module.css';
import type { ViewControl } from './use-view.ts';

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** The days, and the time zone that they are days of. */
export function PeriodPicker({ view }: { readonly view: ViewControl }) {
  const { t } = useTranslation('report-view');
  const rangeText = useRangeText();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { period, days } = view;
  return (
    <Popover opened={opened} onDismiss={close} position="bottom-start" trapFocus shadow="md" radius="lg">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="calendar" size={16} />}
          rightSection={<Icon name="chevronDown" size={14} />}
          onClick={toggle}
        >
          {typeof period === 'string' ? t(`period.${period}`) : rangeText(days)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} className={classes.dropdown}>
        <div className={classes.presets}>
          {presets.map((preset) => (
            <UnstyledButton
              key={preset}
              className={classes.preset}
              aria-pressed={preset === period}
              onClick={() => {
                view.change({ period: preset });
                close();
              }}
            >
              {t(`period.${preset}`)}
            </UnstyledButton>
          ))}
        </div>
        <OwnDays
          key={`${days.from}${days.to}`}
          days={days}
          onChoose={(chosen) => {
            view.change({ period: chosen });
            close();
          }}
        >
          <Select
            label={t('period.timeZone')}
            size="xs"
            searchable
            limit={100}
            data={timeZones.includes(view.timeZone) ? timeZones : [view.timeZone, ...timeZones]}
            value={view.timeZone}
            onChange={(timeZone) => timeZone !== null && view.change({ timeZone })}
            comboboxProps={{ withinPortal: false }}
          />
        </OwnDays>
      </Popover.Dropdown>
    </Popover>
  );
}

interface OwnDaysProps {
  readonly days: DayRange;
  readonly onChoose: (days: DayRange) => void;
  readonly children: React.ReactNode;
}

function OwnDays({ days, onChoose, children }: OwnDaysProps) {
  const { t } = useTranslation('report-view');
  const [[from, to], setRange] = useState<[string | null, string | null]>([days.from, days.to]);
  return (
    <Stack p="md" gap="sm">
      <DatePicker
        type="range"
        size="sm"
        allowSingleDateInRange
        defaultDate={days.to}
        maxDate={new Date()}
        value={[from, to]}
        onChange={setRange}
        aria-label={t('period.own')}
      />
      <Divider />
      <Group align="flex-end" justify="space-between" wrap="nowrap">
        {children}
        <Button
          size="xs"
          disabled={from === null || to === null}
          onClick={() => from !== null && to !== null && onChoose({ from, to })}
        >
          {t('period.apply')}
        </Button>
      </Group>
    </Stack>
  );
}

/** A range as people write it, like "1 – 23 Nov 2026". */
export function useRangeText(): (days: DayRange) => string {
  const { locale } = useFormat();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return ({ from, to }) => format.formatRange(new Date(from), new Date(to));
}
