import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client.ts';
import { type CreativeDraft, draftOf } from './creative-draft.ts';
import classes from './creative-preview.module.css';
import type { Creative } from './inventory.ts';
import { useZoneSizes } from './use-creatives.ts';

interface Box {
  readonly width: number;
  readonly height: number;
}

interface Props {
  readonly creative: Creative;
  /** It is shown at its size, or smaller to fit in here. */
  readonly box: Box;
}

/** A stored creative as visitors see it. */
export function CreativePreview({ creative, box }: Props) {
  const { width, height } = creative;
  return (
    <Scaled size={{ width, height }} box={box}>
      {creative.type === 'html5' ? (
        <Bundle creative={creative} />
      ) : (
        <Shown draft={draftOf(creative)} size={{ width, height }} />
      )}
    </Scaled>
  );
}

/** One that is being filled in, in a size. */
export function DraftPreview({
  draft,
  size,
  box,
}: {
  readonly draft: CreativeDraft;
  readonly size: Box;
  readonly box: Box;
}) {
  return (
    <Scaled size={size} box={box}>
      <Shown draft={draft} size={size} />
    </Scaled>
  );
}

function Scaled({
  size,
  box,
  children,
}: {
  readonly size: Box;
  readonly box: Box;
  readonly children: React.ReactNode;
}) {
  const scale = Math.min(1, box.width / size.width, box.height / size.height);
  return (
    <div className={classes.box} style={{ minHeight: Math.min(box.height, size.height) }}>
      <div style={{ width: size.width * scale, height: size.height * scale }}>
        <div
          style={{
            width: size.width,
            height: size.height,
            transform: `scale(${scale})`,
            transformOrigin: '0 0',
          }}
        >
          {children}
        </div>
      </div>
    </div>
  );
}

function Shown({ draft, size }: { readonly draft: CreativeDraft; readonly size: Box }) {
  const { t } = useTranslation('campaigns');
  switch (draft.type) {
    case 'image':
      return draft.image === '' ? null : (
        <img src={draft.image} alt={draft.alt} width={size.width} height={size.height} />
      );
    case 'html':
      return <Snippet html={draft.html} size={size} title={draft.name || t('preview')} />;
    case 'text':
      return (
        <div className={classes.text}>
          <strong>{draft.headline}</strong>
          <span>{draft.text}</span>
        </div>
      );
    case 'native':
      return (
        <div className={classes.text}>
          {draft.image !== '' && <img src={draft.image} alt="" className={classes.native} />}
          <strong>{draft.title}</strong>
          <span>{draft.body}</span>
          <small>{draft.sponsor}</small>
        </div>
      );
    case 'html5':
      return (
        <Text size="sm" c="dimmed" p="sm">
          {t('previewOnceSaved')}
        </Text>
      );
  }
}

/** A snippet in a document of nobody's origin, which the server holds to a policy of its own. */
function Snippet({
  html,
  size,
  title,
}: {
  readonly html: string;
  readonly size: Box;
  readonly title: string;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const show = () => frame.current?.contentWindow?.postMessage({ html }, '*');
  useEffect(show, [html]);
  return (
    <iframe
      ref={frame}
      title={title}
      src="/snippet-preview"
      width={size.width}
      height={size.height}
      className={classes.frame}
      sandbox="allow-scripts"
      tabIndex={-1}
      onLoad={show}
    />
  );
}

/** A bundle from delivery, as a zone gets it. */
function Bundle({ creative }: { readonly creative: Creative }) {
  const { t } = useTranslation('campaigns');
  const zone = useZoneSizes().data?.[0]?.id;
  const address = useQuery({
    queryKey: ['creatives', 'preview', creative.id, creative.updatedAt],
    queryFn: async () => {
      const [{ url }, { preview }] = await Promise.all([
        answerOf(
          api.GET('/zones/{id}/tag', { params: { path: { id: zone ?? 0 }, query: { type: 'iframe' } } }),
        ),
        answerOf(api.POST('/creatives/{id}/preview', { params: { path: { id: creative.id } } })),
      ]);
      return `${url}&preview=${encodeURIComponent(preview)}`;
    },
    enabled: zone !== undefined,
    staleTime: 3_600_000,
  });
  if (address.data === undefined) {
    return (
      <Text size="sm" c="dimmed" p="sm">
        {t('previewNeedsZone')}
      </Text>
    );
  }
  return (
    <iframe
      title={creative.name}
      src={address.data}
      width={creative.width}
      height={creative.height}
      className={classes.frame}
      tabIndex={-1}
    />
  );
}
