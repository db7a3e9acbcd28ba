import { Alert, Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../parts/icon.tsx';

interface Props {
  /** The address: what failed is tried again at another one. */
  readonly at: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: unknown;
  readonly at: string;
}

/** Where a screen cannot be loaded, or throws: the rest of the console stays in use. */
export class ScreenFailure extends Component<Props, State> {
  override state: State = { error: undefined, at: this.props.at };

  static getDerivedStateFromProps({ at }: Props, state: State): State | null {
    return at === state.at ? null : { error: undefined, at };
  }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <Failed error={this.state.error} />;
  }
}

function Failed({ error }: Pick<State, 'error'>) {
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
