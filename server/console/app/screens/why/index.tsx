import { Paper, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { answerOf, api } from '../../api/client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { Explained, type Explanation } from './explained.tsx';
import { paramsOf, queryOf, questionFrom } from './question.ts';
import { QuestionForm } from './question-form.tsx';

/** Why a zone shows what it shows to somebody. The question is in the address, so that a link asks it again. */
export function Screen() {
  const { t } = useTranslation('why');
  const [params, setParams] = useSearchParams();
  const question = questionFrom(params);
  const asked = question.zone !== '';
  const answer = useQuery({
    queryKey: ['explain', question],
    queryFn: () => answerOf(api.GET('/explain', { params: { query: queryOf(question) } })),
    enabled: asked,
    staleTime: 0,
    retry: false,
  });
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={asked && <CopyText text={window.location.href} label={t('copyLink')} />}
      />
      <Paper p="md" mb="md" component="section" aria-labelledby="why-question">
        <Title order={2} mb="sm" id="why-question">
          {t('question')}
        </Title>
        <QuestionForm
          key={params.toString()}
          question={question}
          pending={answer.isFetching}
          onAsk={(next) => {
            if (paramsOf(next).toString() === params.toString()) void answer.refetch();
            else setParams(paramsOf(next));
          }}
        />
      </Paper>
      {!asked && (
        <Paper>
          <Empty icon="question" title={t('notAsked')}>
            {t('notAskedText')}
          </Empty>
        </Paper>
      )}
      {answer.isError && <ErrorNote error={answer.error} onRetry={answer.refetch} />}
      {asked && answer.isPending && <Waiting lines={5} height={40} />}
      {answer.data !== undefined && !answer.isError && <Explained answer={answer.data as Explanation} />}
    </>
  );
}
