import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../icon.tsx';
import { toast } from '../toast.ts';

/** Copies the address of just this view. */
export function LinkButton({ link }: { readonly link: string }) {
  const { t } = useTranslation('report-view');
  return (
    <Button
      variant="default"
      leftSection={<Icon name="link" size={16} />}
      onClick={async () => {
        await copyText(link);
        toast(t('link.copied'));
      }}
    >
      {t('link.copy')}
    </Button>
  );
}

/** Over plain HTTP browsers have no clipboard to write to, and still take what is selected. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
