import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { pngFile, saveFile, svgFile } from '../charts/picture.ts';
import { ErrorNote } from '../error-note.tsx';
import { Icon } from '../icon.tsx';
import { type Asked, reportFile } from './use-report.ts';

interface Props {
  /** The table that is on the screen, with just its rows. */
  readonly table: Asked;
  /** Drawings on the screen; those that are not there are not offered. */
  readonly drawings: readonly {
    readonly kind: 'chart' | 'map';
    readonly ref: RefObject<SVGSVGElement | null>;
  }[];
}

/** Files of exactly what is on the screen. */
export function ExportMenu({ table, drawings }: Props) {
  const { t } = useTranslation('report-view');
  const save = useMutation({
    mutationFn: async ({ name, make }: { name: string; make: () => Promise<Blob> }) => {
      saveFile(await make(), name);
    },
    onError: (error) =>
      notifications.show({
        title: t('export.failed'),
        message: <ErrorNote error={error} />,
        color: 'red',
        autoClose: false,
      }),
  });
  const { from, to } = table.view.days;
  const name = (kind: string, ending: string) => `${table.report}-${kind}-${from}-${to}.${ending}`;
  return (
    <Menu position="bottom-end" width={190}>
      <Menu.Target>
        <Button variant="default" loading={save.isPending} leftSection={<Icon name="download" size={16} />}>
          {t('export.menu')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('export.table')}</Menu.Label>
        {(['csv', 'xlsx'] as const).map((format) => (
          <Menu.Item
            key={format}
            onClick={() =>
              save.mutate({
                name: name((table.dimensions ?? []).join('-'), format),
                make: () => reportFile(table, format),
              })
            }
          >
            {format.toUpperCase()}
          </Menu.Item>
        ))}
        {drawings.map(({ kind, ref }) => (
          <Drawing
            key={kind}
            kind={kind}
            onSave={(ending) =>
              save.mutate({
                name: name(kind, ending),
                make: async () => {
                  if (ref.current === null) throw new Error(kind);
                  return ending === 'svg' ? svgFile(ref.current) : pngFile(ref.current);
                },
              })
            }
          />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface DrawingProps {
  readonly kind: 'chart' | 'map';
  readonly onSave: (ending: 'png' | 'svg') => void;
}

function Drawing({ kind, onSave }: DrawingProps) {
  const { t } = useTranslation('report-view');
  return (
    <>
      <Menu.Label>{t(`export.${kind}`)}</Menu.Label>
      {(['png', 'svg'] as const).map((ending) => (
        <Menu.Item key={ending} onClick={() => onSave(ending)}>
          {ending.toUpperCase()}
        </Menu.Item>
      ))}
    </>
  );
}

/** For the drawings of a screen. */
export const useDrawing = () => useRef<SVGSVGElement>(null);
