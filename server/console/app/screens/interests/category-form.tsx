import { Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Tagged } from '../../api/client.ts';
import { languages } from '../../i18n/index.ts';
import { useInventoryList } from '../targeting/names.ts';
import { InterestForm } from './interest-form.tsx';
import type { Category } from './interests.ts';

const examplePage = 'https://shop.example/storage/*';
const exampleKeyValue = 'section=storage,boxes';
const languageNames = Object.entries(languages);

interface Values {
  readonly name: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly siteId: string | null;
  /** One in each line. */
  readonly pages: string;
  /** `key=value,value` in each line. */
  readonly keyValues: string;
}

interface Props {
  readonly entity: Tagged<Category> | undefined;
  readonly onClose: () => void;
}

/** A category of pages: what it is called, and which pages are in it. */
export function CategoryForm({ entity, onClose }: Props) {
  const { t } = useTranslation('interests');
  const sites = useInventoryList('sites');
  const form = useForm<Values>({
    initialValues: valuesOf(entity?.value),
    validate: { name: (name) => (/^[a-z0-9_-]{1,60}$/.test(name.trim()) ? null : t('nameNeeded')) },
  });
  return (
    <InterestForm
      kind="interest-categories"
      entity={entity}
      form={form}
      bodyOf={(values) => bodyOf(values)}
      onClose={onClose}
    >
      <TextInput
        {...form.getInputProps('name')}
        label={t('name')}
        description={t('nameHint')}
        data-autofocus
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {languageNames.map(([language, name]) => (
          <TextInput
            key={language}
            {...form.getInputProps(`titles.${language}`)}
            value={form.values.titles[language] ?? ''}
            label={t('titleIn', { language: name })}
            maxLength={100}
          />
        ))}
      </SimpleGrid>
      <Select
        {...form.getInputProps('siteId')}
        label={t('site')}
        placeholder={t('everySite')}
        clearable
        searchable
        data={sites.map(({ id, name }) => ({ value: String(id), label: name }))}
      />
      <Textarea
        {...form.getInputProps('pages')}
        label={t('pages')}
        description={t('pagesHint')}
        placeholder={examplePage}
        autosize
        minRows={2}
        maxRows={10}
      />
      <Textarea
        {...form.getInputProps('keyValues')}
        label={t('keyValues')}
        description={t('keyValuesHint')}
        placeholder={exampleKeyValue}
        autosize
        minRows={1}
        maxRows={8}
      />
    </InterestForm>
  );
}

const valuesOf = (category: Category | undefined): Values => ({
  name: category?.name ?? '',
  titles: category?.titles ?? {},
  siteId: category?.siteId == null ? null : String(category.siteId),
  pages: category?.pages.join('\n') ?? '',
  keyValues: category?.keyValues.map(({ key, in: values }) => `${key}=${values.join(',')}`).join('\n') ?? '',
});

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function bodyOf({ name, titles, siteId, pages, keyValues }: Values) {
  return {
    name: name.trim(),
    titles: Object.fromEntries(Object.entries(titles).filter(([, title]) => title.trim() !== '')),
    siteId: siteId === null ? null : Number(siteId),
    pages: linesOf(pages),
    keyValues: linesOf(keyValues).map((line) => {
      const [key = '', ...values] = line.split('=');
      return {
        key: key.trim(),
        in: values
          .join('=')
          .split(',')
          .map((value) => value.trim())
          .filter((value) => value !== ''),
      };
    }),
  };
}
