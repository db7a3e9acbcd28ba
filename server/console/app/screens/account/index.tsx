import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';
import { Keys } from './keys.tsx';
import { Password } from './password.tsx';
import { Profile } from './profile.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

/** Who one is, the ways one signs in, and the keys of one's programs. */
export function Screen() {
  const { t } = useTranslation('account');
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Stack gap="md">
          <Profile />
          <Password />
          <SecondFactor />
        </Stack>
        <Stack gap="md">
          <Sessions />
          <Keys />
        </Stack>
      </SimpleGrid>
    </>
  );
}
