import { useTranslation } from 'react-i18next';
import type en from './texts/en.json';

type Known = keyof typeof en.reasons;

/** What a reason is called and what it means; the empty one is that of events whose reasons were all taken back. */
export function useReasonTexts(): (reason: string) => { readonly name: string; readonly text: string } {
  const { t, i18n } = useTranslation('invalid-traffic');
  return (reason) => {
    if (reason === '') return { name: t('reasonCleared'), text: '' };
    if (!i18n.exists(`reasons.${reason}.name`, { ns: 'invalid-traffic' })) return { name: reason, text: '' };
    return { name: t(`reasons.${reason as Known}.name`), text: t(`reasons.${reason as Known}.text`) };
  };
}
