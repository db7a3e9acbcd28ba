import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

/** Says for a moment that something is done. Errors stand where they happened, in an ErrorNote. */
export function toast(message: string): void {
  notifications.show({
    message,
    autoClose: 4000,
    withBorder: true,
    closeButtonProps: { 'aria-label': i18next.t('common.close') },
  });
}
