import { Autocomplete, Button, Collapse, Group, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { places } from '../../../places.ts';
import { Icon } from '../../parts/icon.tsx';
import { useInventoryList } from '../targeting/names.ts';
import { browsers } from './browsers.ts';
import type { Question } from './question.ts';

const examples = {
  ip: '138.244.1.1',
  url: 'https://news.example/sport',
  lang: 'zh-TW',
  ref: 'https://search.example/',
  kv: 'section:sport',
};

interface Props {
  readonly question: Question;
  readonly pending: boolean;
  readonly onAsk: (question: Question) => void;
}

/** Who asks for an ad, where, and with what. */
export function QuestionForm({ question, pending, onAsk }: Props) {
  const { t } = useTranslation('why');
  const zones = useInventoryList('zones');
  const form = useForm<Question>({
    initialValues: question,
    validate: { zone: (zone) => (zone === '' ? t('zoneNeeded') : null) },
  });
  const { lang, ref, kv, at } = question;
  const [more, { toggle }] = useDisclosure([lang, ref, kv, at].some((given) => given !== ''));
  const ua = form.values.ua;
  const known = Object.entries(browsers);
  return (
    <form onSubmit={form.onSubmit(onAsk)} noValidate>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          {...form.getInputProps('zone')}
          label={t('zone')}
          placeholder={t('chooseZone')}
          searchable
          data={zones.map(({ id, name }) => ({ value: String(id), label: `${name} (${id})` }))}
          value={form.values.zone === '' ? null : form.values.zone}
          onChange={(zone) => form.setFieldValue('zone', zone ?? '')}
        />
        <Autocomplete
          {...form.getInputProps('ip')}
          label={t('ip')}
          description={t('ipHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={examples.ip}
          data={places.flatMap(({ address }) => (address === null ? [] : [address]))}
          renderOption={({ option }) => {
            const place = places.find(({ address }) => address === option.value);
            return `${place?.city}, ${place?.area} (${option.value})`;
          }}
          filter={({ options }) => options}
        />
        <TextInput
          {...form.getInputProps('url')}
          label={t('url')}
          description={t('urlHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={examples.url}
        />
        <Select
          label={t('browser')}
          description={t('browserHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={t('anyBrowser')}
          clearable
          clearButtonProps={{ 'aria-label': t('anyBrowser') }}
          data={[
            ...known.map(([label, value]) => ({ value, label })),
            ...(ua === '' || known.some(([, value]) => value === ua) ? [] : [{ value: ua, label: ua }]),
            ...(ua === navigator.userAgent || known.some(([, value]) => value === navigator.userAgent)
              ? []
              : [{ value: navigator.userAgent, label: t('thisBrowser') }]),
          ]}
          value={ua === '' ? null : ua}
          onChange={(value) => form.setFieldValue('ua', value ?? '')}
        />
      </SimpleGrid>
      <Collapse expanded={more}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt="sm">
          <TextInput {...form.getInputProps('lang')} label={t('lang')} placeholder={examples.lang} />
          <TextInput {...form.getInputProps('ref')} label={t('ref')} placeholder={examples.ref} />
          <TextInput {...form.getInputProps('kv')} label={t('kv')} placeholder={examples.kv} />
          <TextInput {...form.getInputProps('at')} type="datetime-local" label={t('at')} />
        </SimpleGrid>
      </Collapse>
      <Group mt="md" gap="xs">
        <Button type="submit" loading={pending} leftSection={<Icon name="question" size={16} />}>
          {t('ask')}
        </Button>
        <Button variant="subtle" color="gray" aria-expanded={more} onClick={toggle}>
          {t(more ? 'less' : 'more')}
        </Button>
      </Group>
    </form>
  );
}
