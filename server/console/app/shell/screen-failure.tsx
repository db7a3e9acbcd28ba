import { Alert, Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../parts/icon.tsx';

interface State {
  readonly error: unknown;
}

/** Where a screen cannot be loaded, or throws: the rest of the console stays in use. */
export class ScreenFailure extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <Failed error={this.state.error} />;
  }
}

function Failed({ error }: State) {
  const { t } = useTranslation();
  // What `import()` throws for a file that is gone.
  const kind =
    error instanceof TypeError && /import|fetch/i.test(error.message) ? 'screenNotLoaded' : 'screen';
  return (
    <Alert color="red" role="alert" icon={<Icon name="warning" />} title={t(`errors.${kind}.title`)}>
      <Text size="sm">{t(`errors.${kind}.mend`)}</Text>
      <Button size="xs" variant="default" mt="sm" onClick={() => window.location.reload()}>
        {t('errors.reload')}
      </Button>
    </Alert>
  );
}
