import { Button, Checkbox, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { fieldErrors } from '../../api/problem.ts';
import { type Language, languages } from '../../i18n/index.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { toast } from '../../parts/toast.ts';
import { type User, usersKey } from './index.tsx';
import { invite, makeLink } from './invite.ts';

const roles = ['admin', 'adops', 'advertiser', 'publisher', 'analyst'] as const;
const whole = { params: { query: { limit: 200, status: 'active' } } } as const;

interface Props {
  /** undefined: a new one. */
  readonly user: User | undefined;
  readonly onDone: () => void;
}

/** Who somebody is and what they may. A new one gets a link to set a password, by mail where that is set up. */
export function UserForm({ user, onDone }: Props) {
  const { t, i18n } = useTranslation(['users', 'shell']);
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      name: user?.name ?? '',
      email: user?.email ?? '',
      role: user?.role ?? ('adops' as User['role']),
      advertisers: user?.advertisers.map(String) ?? [],
      sites: user?.sites.map(String) ?? [],
      language: user?.language ?? (i18n.language as Language),
      byMail: true,
    },
  });
  const { role } = form.values;
  const save = useMutation({
    async mutationFn(values: typeof form.values) {
      const body = {
        ...{ name: values.name, email: values.email === '' ? null : values.email, role: values.role },
        language: values.language,
        advertisers: values.role === 'advertiser' ? values.advertisers.map(Number) : [],
        sites: values.role === 'publisher' ? values.sites.map(Number) : [],
      };
      if (user !== undefined) {
        await answerOf(api.PATCH('/users/{id}', { params: { path: { id: user.id } }, body }));
        return undefined;
      }
      const { id } = await answerOf(api.POST('/users', { body: { ...body, status: 'active' } }));
      const link = await (values.byMail ? invite(id) : makeLink(id));
      if (link === undefined) toast(t('mailed', { name: values.name }));
      return link;
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
    async onSuccess(link) {
      await queries.invalidateQueries({ queryKey: usersKey });
      if (link === undefined) onDone();
    },
  });
  if (save.data !== undefined) {
    const { name, byMail } = form.values;
    return <SecretOnce hint={t(byMail ? 'notMailed' : 'link', { name })} secret={save.data.url} />;
  }
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="sm">
        {save.error !== null && <ErrorNote error={save.error} />}
        <TextInput {...form.getInputProps('name')} label={t('name')} required data-autofocus />
        <TextInput {...form.getInputProps('email')} label={t('email')} type="email" required />
        <Select
          {...form.getInputProps('role')}
          label={t('role')}
          description={t(`roleHints.${role}`)}
          data={roles.map((value) => ({ value, label: t(`shell:roles.${value}`) }))}
          allowDeselect={false}
        />
        {role === 'advertiser' && <Advertisers {...form.getInputProps('advertisers')} />}
        {role === 'publisher' && <Sites {...form.getInputProps('sites')} />}
        <Select
          {...form.getInputProps('language')}
          label={t('language')}
          data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
        />
        {user === undefined && (
          <Checkbox
            {...form.getInputProps('byMail', { type: 'checkbox' })}
            label={t('byMail')}
            description={t('byMailHint')}
          />
        )}
        <Button type="submit" loading={save.isPending} mt="xs">
          {t(user === undefined ? 'create' : 'shell:common.save')}
        </Button>
      </Stack>
    </form>
  );
}

interface FieldProps {
  readonly value?: string[];
  readonly onChange?: (value: string[]) => void;
  readonly error?: React.ReactNode;
}

function Advertisers(props: FieldProps) {
  const { t } = useTranslation('users');
  const { data } = useQuery({
    queryKey: ['advertisers', 'names'],
    queryFn: () => answerOf(api.GET('/advertisers', whole)),
  });
  const choices = data?.items.map(({ id, name }) => ({ value: String(id), label: name })) ?? [];
  return (
    <MultiSelect
      {...props}
      label={t('advertisers')}
      description={t('advertisersHint')}
      data={choices}
      searchable
    />
  );
}

function Sites(props: FieldProps) {
  const { t } = useTranslation('users');
  const { data } = useQuery({
    queryKey: ['sites', 'active-names'],
    queryFn: () => answerOf(api.GET('/sites', whole)),
  });
  const choices = data?.items.map(({ id, name }) => ({ value: String(id), label: name })) ?? [];
  return <MultiSelect {...props} label={t('sites')} description={t('sitesHint')} data={choices} searchable />;
}
