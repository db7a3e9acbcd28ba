import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** While something is loaded: as many grey lines as it will about have. */
export function Waiting({ lines = 4, height = 20 }: { readonly lines?: number; readonly height?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" aria-busy="true">
      <VisuallyHidden role="status">{t('common.loading')}</VisuallyHidden>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <Skeleton key={line} height={height} radius="sm" width={line === lines - 1 ? '60%' : '100%'} />
      ))}
    </Stack>
  );
}
