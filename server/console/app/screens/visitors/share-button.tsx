import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../parts/icon.tsx';
import type { Asked } from '../../parts/report-view/use-report.ts';
import type { ViewControl } from '../../parts/report-view/use-view.ts';

const ShareDialog = lazy(async () => ({
  default: (await import('../reports/share-dialog.tsx')).ShareDialog,
}));

/** Makes a link that shows the table as it is, without signing in, until it expires. */
export function ShareButton({ asked, view }: { readonly asked: Asked; readonly view: ViewControl }) {
  const { t } = useTranslation('visitors');
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<Icon name="share" size={16} />} onClick={() => setOpened(true)}>
        {t('share')}
      </Button>
      {opened && (
        <Suspense>
          <ShareDialog asked={asked} view={view} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}
