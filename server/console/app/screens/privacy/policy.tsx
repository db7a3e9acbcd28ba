import { Button, Code, Group, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Section } from '../../parts/section.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { languageOf } from './language.ts';

/** The privacy policy by the settings in force, to copy or to keep as a file. */
export function Policy() {
  const { t, i18n } = useTranslation('privacy');
  const [language, setLanguage] = useState(languageOf(i18n.language));
  const { data, error, refetch } = useQuery({
    queryKey: ['privacy-policy', language],
    queryFn: () => answerOf(api.GET('/privacy/policy', { params: { query: { language } } })),
  });
  return (
    <Section title={t('policy.title')} text={t('policy.text')}>
      <Group mb="sm">
        <SegmentedControl
          aria-label={t('policy.language')}
          value={language}
          onChange={(chosen) => setLanguage(languageOf(chosen))}
          data={[
            { value: 'en', label: 'English' },
            { value: 'zh-TW', label: '繁體中文' },
          ]}
        />
        {data !== undefined && (
          <>
            <CopyText text={data.markdown} label={t('policy.copy')} />
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="download" size={16} />}
              onClick={() => save(data.markdown, `privacy-policy.${language}.md`)}
            >
              {t('policy.download')}
            </Button>
          </>
        )}
      </Group>
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : (
        <Code
          block
          lang={language}
          tabIndex={0}
          role="region"
          aria-label={t('policy.whole')}
          mah={420}
          style={{ overflow: 'auto', whiteSpace: 'pre-wrap' }}
        >
          {data.markdown}
        </Code>
      )}
    </Section>
  );
}

function save(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
