import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';

export function Screen() {
  const { t } = useTranslation('account');
  return <PageHeader title={t('title')} description={t('description')} />;
}
