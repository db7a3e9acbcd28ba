import { Alert, Button, List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/problem.ts';
import en from '../texts/en.json';
import { Icon } from './icon.tsx';

interface Props {
  readonly error: unknown;
  readonly onRetry?: () => unknown;
}

type Told = Exclude<keyof typeof en.errors, 'retry' | 'reload'>;

/** What the person is told of an error: the entry in `errors` of the texts. */
function told(error: unknown): Told {
  const code = error instanceof ApiError ? error.code : 'other';
  return code in en.errors ? (code as Told) : 'other';
}

/** What happened, and how to mend it. */
export function ErrorNote({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const kind = told(error);
  const { fields, message } = error instanceof ApiError ? error : { fields: [], message: String(error) };
  return (
    <Alert color="red" role="alert" icon={<Icon name="warning" />} title={t(`errors.${kind}.title`)}>
      <Text size="sm">{t(`errors.${kind}.mend`)}</Text>
      {fields.length > 0 ? (
        <List size="sm" mt="xs">
          {fields.map(({ path, message: needed }) => (
            <List.Item key={`${path}${needed}`}>
              {path.slice(1)}: {needed}
            </List.Item>
          ))}
        </List>
      ) : (
        message !== '' && (
          <Text size="xs" c="dimmed" mt="xs">
            {message}
          </Text>
        )
      )}
      {onRetry !== undefined && (
        <Button size="xs" variant="default" mt="sm" onClick={() => onRetry()}>
          {t('errors.retry')}
        </Button>
      )}
    </Alert>
  );
}
