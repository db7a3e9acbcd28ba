import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CreativeDraft } from './creative-draft.ts';
import { CreativePreview, DraftPreview } from './creative-preview.tsx';
import type { Creative } from './inventory.ts';
import { useZoneSizes } from './use-creatives.ts';

/** In its own size, and written ones also in those of the zones. */
export function Previews({
  draft,
  creative,
}: {
  readonly draft: CreativeDraft;
  readonly creative: Creative | undefined;
}) {
  const { t } = useTranslation('campaigns');
  const zones = useZoneSizes();
  const box = { width: 340, height: 300 };
  const own = draft.width === '' || draft.height === '' ? undefined : ([draft.width, draft.height] as const);
  const free = draft.type === 'text' || draft.type === 'native' || draft.type === 'html';
  const offered = free ? (zones.data ?? []).flatMap(({ sizes }) => sizes) : [];
  const sizes = new Map(
    [...(own === undefined ? [] : [own]), ...offered].map(([width, height]) => [
      `${width}×${height}`,
      { width, height },
    ]),
  );
  const fitting = (zones.data ?? []).filter(({ sizes: all }) =>
    all.some(([width, height]) => own !== undefined && width === own[0] && height === own[1]),
  );
  return (
    <Stack gap="sm">
      <Text size="sm" fw={550}>
        {t('preview')}
      </Text>
      {creative?.type === 'html5' && creative.asset === draft.asset ? (
        <CreativePreview creative={creative} box={box} />
      ) : (
        [...sizes].slice(0, 6).map(([name, size]) => (
          <div key={name}>
            <DraftPreview draft={draft} size={size} box={box} />
            <Text size="xs" c="dimmed">
              {name}
            </Text>
          </div>
        ))
      )}
      <Text size="xs" c="dimmed">
        {own === undefined
          ? t('sizeNeeded')
          : fitting.length === 0
            ? t('fitsNoZone')
            : t('fitsZones', { zones: fitting.map(({ name }) => name).join(', ') })}
      </Text>
    </Stack>
  );
}
