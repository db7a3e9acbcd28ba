import {
  Button,
  FileButton,
  Group,
  NumberInput,
  Select,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../parts/error-note.tsx';
import { type CreativeDraft, upload } from './creative-draft.ts';
import { useZoneSizes } from './use-creatives.ts';

/** Of the editor. */
type Form = Pick<
  UseFormReturnType<CreativeDraft>,
  'values' | 'getInputProps' | 'setFieldValue' | 'setValues'
>;

/** What a creative of its type has. */
export function TypeFields({ form }: { readonly form: Form }) {
  const { t } = useTranslation('campaigns');
  switch (form.values.type) {
    case 'html':
      return (
        <>
          <Textarea
            {...form.getInputProps('html')}
            label={t('html')}
            description={t('htmlHint')}
            autosize
            minRows={6}
            maxRows={16}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
          <Switch
            {...form.getInputProps('thirdParty', { type: 'checkbox' })}
            label={t('thirdParty')}
            description={t('thirdPartyHint')}
          />
        </>
      );
    case 'text':
      return (
        <>
          <TextInput {...form.getInputProps('headline')} label={t('headline')} maxLength={100} />
          <Textarea {...form.getInputProps('text')} label={t('text')} autosize minRows={2} maxLength={500} />
        </>
      );
    case 'native':
      return (
        <>
          <TextInput {...form.getInputProps('title')} label={t('nativeTitle')} maxLength={100} />
          <Textarea
            {...form.getInputProps('body')}
            label={t('nativeBody')}
            autosize
            minRows={2}
            maxLength={1000}
          />
          <TextInput {...form.getInputProps('sponsor')} label={t('sponsor')} maxLength={100} />
          <FileField form={form} field="asset" label={t('nativeImage')} />
        </>
      );
    case 'image':
      return (
        <>
          <FileField form={form} field="asset" label={t('replaceImage')} />
          <FileField form={form} field="asset2x" label={t('doubleImage')} />
        </>
      );
    case 'html5':
      return <FileField form={form} field="asset" label={t('replaceBundle')} />;
  }
}

function FileField({
  form,
  field,
  label,
}: {
  readonly form: Form;
  readonly field: 'asset' | 'asset2x';
  readonly label: string;
}) {
  const { t } = useTranslation('campaigns');
  const send = useMutation({
    mutationFn: upload,
    onSuccess({ asset, width, height, type }, file) {
      form.setFieldValue(field, asset);
      if (field === 'asset2x') return;
      if (type === 'image') form.setFieldValue('image', URL.createObjectURL(file));
      if (form.values.type === 'image' || form.values.type === 'html5') {
        form.setValues({ width: width ?? '', height: height ?? '' });
      }
    },
  });
  return (
    <div>
      <Group gap="xs">
        <FileButton
          accept={form.values.type === 'html5' ? '.zip' : 'image/*'}
          onChange={(file) => file !== null && send.mutate(file)}
        >
          {(props) => (
            <Button {...props} variant="default" size="xs" loading={send.isPending}>
              {label}
            </Button>
          )}
        </FileButton>
        {form.values[field] !== '' && (
          <Text size="xs" c="dimmed">
            {t('stored')}
          </Text>
        )}
      </Group>
      {send.isError && <ErrorNote error={send.error} />}
    </div>
  );
}

/** One of the sizes that zones have, or another. */
export function SizeField({ form }: { readonly form: Form }) {
  const { t } = useTranslation('campaigns');
  const { width, height, type } = form.values;
  const zones = useZoneSizes();
  const known = [...new Set(zones.data?.flatMap(({ sizes }) => sizes.map(([w, h]) => `${w}×${h}`)))];
  const own = width === '' || height === '' ? null : `${width}×${height}`;
  return (
    <Group gap="xs" align="flex-end">
      {type !== 'image' && type !== 'html5' && (
        <Select
          w={160}
          label={t('sizeOfZone')}
          data={known}
          value={own !== null && known.includes(own) ? own : null}
          placeholder={t('chooseSize')}
          onChange={(size) => {
            const [w, h] = (size ?? '').split('×').map(Number);
            if (w && h) form.setValues({ width: w, height: h });
          }}
        />
      )}
      <NumberInput
        {...form.getInputProps('width')}
        w={100}
        label={t('width')}
        min={1}
        max={4096}
        hideControls
      />
      <NumberInput
        {...form.getInputProps('height')}
        w={100}
        label={t('height')}
        min={1}
        max={4096}
        hideControls
      />
    </Group>
  );
}
