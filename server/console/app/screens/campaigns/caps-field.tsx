import { ActionIcon, Button, Group, Input, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import { Icon } from '../../parts/icon.tsx';

export type Cap = components['schemas']['CapOutput'];

interface Props {
  readonly label: string;
  readonly value?: readonly Cap[];
  readonly onChange?: (caps: Cap[]) => void;
  readonly error?: React.ReactNode;
}

const units = ['minute', 'hour', 'day', 'lifetime'] as const;

/** How often one visitor may see something. */
export function CapsField({ label, value = [], onChange, error }: Props) {
  const { t } = useTranslation('campaigns');
  const replace = (index: number, cap: Cap) =>
    onChange?.(value.map((each, at) => (at === index ? cap : each)));
  return (
    <Input.Wrapper label={label} description={t('capsHint')} error={error} labelElement="div">
      <Stack gap="xs" mt="xs">
        {value.map((cap, index) => (
          <Group
            // biome-ignore lint/suspicious/noArrayIndexKey: caps have nothing else that tells them apart
            key={index}
            gap="xs"
            wrap="nowrap"
          >
            <NumberInput
              w={84}
              min={1}
              max={100}
              aria-label={t('capEvents')}
              value={cap.events}
              onChange={(events) => replace(index, { ...cap, events: Number(events) || 1 })}
            />
            <Text size="sm">{t('capTimesIn')}</Text>
            {cap.per.unit !== 'lifetime' && (
              <NumberInput
                w={84}
                min={1}
                max={365}
                aria-label={t('capCount')}
                value={cap.per.count}
                onChange={(count) =>
                  replace(index, { ...cap, per: { ...cap.per, count: Number(count) || 1 } })
                }
              />
            )}
            <Select
              w={140}
              aria-label={t('capUnit')}
              allowDeselect={false}
              data={units.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
              value={cap.per.unit}
              onChange={(unit) =>
                replace(index, {
                  ...cap,
                  per: { unit: unit as Cap['per']['unit'], count: unit === 'lifetime' ? 1 : cap.per.count },
                })
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeCap')}
              onClick={() => onChange?.(value.filter((_, at) => at !== index))}
            >
              <Icon name="cross" size={16} />
            </ActionIcon>
          </Group>
        ))}
        {value.length < 5 && (
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => onChange?.([...value, { events: 3, per: { unit: 'day', count: 1 } }])}
          >
            {t('addCap')}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
