import { Checkbox, Chip, Group, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { instantOf, localTime, timeZones } from '../../parts/zoned-time.ts';
import classes from './builder.module.css';
import { dimensionNames, usualValues } from './dimensions.ts';
import { type Leaf, type LeafOf, type ListDimension, type Weekday, weekdays } from './model.ts';
import { ValuesField } from './values-field.tsx';

interface Props<L extends Leaf = Leaf> {
  readonly leaf: L;
  readonly onChange: (leaf: Leaf) => void;
}

/** The fields of one condition, by what it looks at. */
export function ConditionFields({ leaf, onChange }: Props) {
  switch (leaf.on) {
    case 'browserVersion':
    case 'osVersion':
      return <VersionFields leaf={leaf} onChange={onChange} />;
    case 'radius':
      return <RadiusFields leaf={leaf} onChange={onChange} />;
    case 'schedule':
      return <ScheduleFields leaf={leaf} onChange={onChange} />;
    case 'dates':
      return <DateFields leaf={leaf} onChange={onChange} />;
    default:
      return <ListFields leaf={leaf} onChange={onChange} />;
  }
}

function Name({ leaf }: { readonly leaf: Leaf }) {
  const { t } = useTranslation('targeting');
  return (
    <Text component="span" className={classes.name}>
      {t(dimensionNames[leaf.on])}
    </Text>
  );
}

function ListFields({ leaf, onChange }: Props<LeafOf<ListDimension>>) {
  const { t } = useTranslation('targeting');
  return (
    <>
      <Name leaf={leaf} />
      {leaf.key !== undefined && (
        <TextInput
          size="xs"
          w={120}
          aria-label={t('keyLabel')}
          placeholder={t('keyPlaceholder')}
          value={leaf.key}
          onChange={({ currentTarget }) => onChange({ ...leaf, key: currentTarget.value })}
        />
      )}
      <Select
        size="xs"
        w={110}
        aria-label={t('includeLabel')}
        data={[
          { value: 'in', label: t('anyOf') },
          { value: 'notIn', label: t('noneOf') },
        ]}
        value={leaf.not ? 'notIn' : 'in'}
        onChange={(value) => onChange({ ...leaf, not: value === 'notIn' })}
        allowDeselect={false}
      />
      <div className={classes.values}>
        <ValuesField on={leaf.on} values={leaf.values} onChange={(values) => onChange({ ...leaf, values })} />
      </div>
    </>
  );
}

function VersionFields({ leaf, onChange }: Props<LeafOf<'browserVersion' | 'osVersion'>>) {
  const { t } = useTranslation('targeting');
  const names = usualValues[leaf.on === 'osVersion' ? 'os' : 'browser'] ?? [];
  return (
    <>
      <Name leaf={leaf} />
      <TagsInput
        size="xs"
        w={190}
        aria-label={t('versionOf')}
        data={[...names]}
        maxTags={1}
        acceptValueOnBlur
        value={leaf.of === '' ? [] : [leaf.of]}
        onChange={([of = '']) => onChange({ ...leaf, of })}
      />
      {(['from', 'to'] as const).map((bound) => (
        <TextInput
          key={bound}
          size="xs"
          w={90}
          inputMode="decimal"
          aria-label={t(bound === 'from' ? 'versionFromLabel' : 'versionToLabel')}
          placeholder={t(bound === 'from' ? 'versionFromLabel' : 'versionToLabel')}
          value={leaf[bound]}
          onChange={({ currentTarget }) => onChange({ ...leaf, [bound]: currentTarget.value })}
        />
      ))}
    </>
  );
}

function RadiusFields({ leaf, onChange }: Props<LeafOf<'radius'>>) {
  const { t } = useTranslation('targeting');
  const fields = { km: 90, latitude: 110, longitude: 110 } as const;
  return (
    <>
      <Name leaf={leaf} />
      {(Object.keys(fields) as (keyof typeof fields)[]).map((field) => (
        <NumberInput
          key={field}
          size="xs"
          w={fields[field]}
          hideControls
          aria-label={t(`radius.${field}`)}
          placeholder={t(`radius.${field}`)}
          value={leaf[field]}
          onChange={(value) => onChange({ ...leaf, [field]: value === '' ? '' : Number(value) })}
        />
      ))}
    </>
  );
}

function ScheduleFields({ leaf, onChange }: Props<LeafOf<'schedule'>>) {
  const { t } = useTranslation('targeting');
  const format = useFormat();
  const toggleHour = (hour: number) =>
    onChange({
      ...leaf,
      hours: leaf.hours.includes(hour)
        ? leaf.hours.filter((each) => each !== hour)
        : [...leaf.hours, hour].sort((a, b) => a - b),
    });
  return (
    <div className={classes.values}>
      <Group gap="xs" mb="xs">
        <Name leaf={leaf} />
        <Select
          size="xs"
          w={210}
          searchable
          aria-label={t('clockLabel')}
          data={[
            { value: 'visitor', label: t('clock.visitor') },
            ...timeZones().map((value) => ({ value, label: value })),
          ]}
          value={leaf.clock}
          onChange={(clock) => onChange({ ...leaf, clock: clock ?? 'visitor' })}
          allowDeselect={false}
        />
      </Group>
      <Checkbox.Group
        label={t('weekdaysLabel')}
        size="xs"
        value={[...leaf.weekdays]}
        onChange={(chosen) =>
          onChange({ ...leaf, weekdays: weekdays.filter((day) => chosen.includes(day)) as Weekday[] })
        }
        mb="xs"
      >
        <Group gap="sm" mt={4}>
          {weekdays.map((day, at) => (
            <Checkbox key={day} size="xs" value={day} label={format.weekday(at + 1, 'short')} />
          ))}
        </Group>
      </Checkbox.Group>
      <Text size="xs" fw={500} mb={4}>
        {t('hoursLabel')}
      </Text>
      <div className={classes.hours}>
        {Array.from({ length: 24 }, (_, hour) => (
          <Chip
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
            key={hour}
            size="xs"
            radius="sm"
            variant="light"
            checked={leaf.hours.includes(hour)}
            onChange={() => toggleHour(hour)}
          >
            {String(hour).padStart(2, '0')}
          </Chip>
        ))}
      </div>
    </div>
  );
}

function DateFields({ leaf, onChange }: Props<LeafOf<'dates'>>) {
  const { t } = useTranslation('targeting');
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <Name leaf={leaf} />
      {(['from', 'to'] as const).map((bound) => (
        <TextInput
          key={bound}
          size="xs"
          type="datetime-local"
          aria-label={t(bound === 'from' ? 'fromLabel' : 'toLabel', { zone })}
          value={leaf[bound] === '' ? '' : localTime(leaf[bound], zone)}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...leaf, [bound]: value === '' ? '' : instantOf(value, zone) })
          }
        />
      ))}
    </>
  );
}
