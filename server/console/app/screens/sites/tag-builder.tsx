import {
  Code,
  Group,
  NumberInput,
  Paper,
  Radio,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  Title,
} from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import type { Zone } from './supply.ts';
import classes from './tag-builder.module.css';
import { type TagOptions, type TagType, tagText, tagTypes } from './tag-text.ts';

const keyValue = /^[^\s:,;]{1,40}:[^,;]{1,100}$/;

/** Puts a zone's tag together, to be copied into a page. */
export function TagBuilder({ zone }: { readonly zone: Zone }) {
  const { t } = useTranslation('sites');
  const [options, setOptions] = useState<TagOptions>({
    ...{ type: 'async', size: 0, lazy: false, refresh: null, keyValues: [], pinned: false },
  });
  const { type, pinned } = options;
  const set = (changes: Partial<TagOptions>) => setOptions((before) => ({ ...before, ...changes }));
  const sri = type === 'async' && pinned ? '1' : '0';
  const tag = useQuery({
    queryKey: ['zones', 'tag', zone.id, type, sri],
    queryFn: () =>
      answerOf(api.GET('/zones/{id}/tag', { params: { path: { id: zone.id }, query: { type, sri } } })),
    placeholderData: keepPreviousData,
  });
  const sizes = zone.sizes as unknown as readonly (readonly [number, number])[];
  const text = tag.data?.type === type ? tagText(tag.data, { id: zone.id, sizes }, options) : '';
  return (
    <Paper p="md" component="section">
      <Title order={2} mb="sm">
        {t('tag.title')}
      </Title>
      <div className={classes.columns}>
        <Stack gap="md">
          <Radio.Group
            label={t('tag.type')}
            value={type}
            onChange={(value) => set({ type: value as TagType })}
          >
            <Stack gap={6} mt={6}>
              {tagTypes.map((value) => (
                <Radio
                  key={value}
                  value={value}
                  label={t(`tag.types.${value}`)}
                  description={t(`tag.uses.${value}`)}
                />
              ))}
            </Stack>
          </Radio.Group>
        </Stack>
        <Stack gap="md">
          {type !== 'json' && sizes.length > 1 && (
            <Select
              label={t('tag.size')}
              description={t('tag.sizeHint')}
              allowDeselect={false}
              data={sizes.map(([width, height], index) => ({
                value: String(index),
                label: `${width}×${height}`,
              }))}
              value={String(options.size)}
              onChange={(value) => set({ size: Number(value) })}
            />
          )}
          {(type === 'async' || type === 'iframe') && (
            <Switch
              label={t('tag.lazy')}
              description={t('tag.lazyHint')}
              checked={options.lazy}
              onChange={({ currentTarget }) => set({ lazy: currentTarget.checked })}
            />
          )}
          {type === 'async' && (
            <>
              <Group align="flex-end" gap="sm">
                <Switch
                  label={t('tag.refresh')}
                  description={t('tag.refreshHint')}
                  checked={options.refresh !== null}
                  onChange={({ currentTarget }) => set({ refresh: currentTarget.checked ? 30 : null })}
                />
                {options.refresh !== null && (
                  <NumberInput
                    w={110}
                    min={20}
                    max={3600}
                    suffix=" s"
                    aria-label={t('tag.refreshSeconds')}
                    value={options.refresh}
                    onChange={(value) => set({ refresh: Math.max(20, Number(value) || 20) })}
                  />
                )}
              </Group>
              <Switch
                label={t('tag.pinned')}
                description={t('tag.pinnedHint')}
                checked={pinned}
                onChange={({ currentTarget }) => set({ pinned: currentTarget.checked })}
              />
            </>
          )}
          <TagsInput
            label={t('tag.keyValues')}
            description={t('tag.keyValuesHint')}
            placeholder={options.keyValues.length === 0 ? 'section:sport' : undefined}
            acceptValueOnBlur
            splitChars={[',']}
            value={[...options.keyValues]}
            onChange={(keyValues) => set({ keyValues: keyValues.filter((pair) => keyValue.test(pair)) })}
          />
        </Stack>
      </div>
      {tag.isError && <ErrorNote error={tag.error} onRetry={tag.refetch} />}
      {text !== '' && (
        <>
          <Group justify="space-between" mt="lg" mb={6}>
            <Text size="sm" fw={550} id="tag-text">
              {t(type === 'json' ? 'tag.address' : 'tag.paste')}
            </Text>
            <CopyText text={text} label={t('tag.copy')} />
          </Group>
          <Code block className={classes.code} tabIndex={0} role="region" aria-labelledby="tag-text">
            {text}
          </Code>
          {type === 'image' && (
            <Text size="xs" c="dimmed" mt={6}>
              {t('tag.imageHint')}
            </Text>
          )}
        </>
      )}
    </Paper>
  );
}
