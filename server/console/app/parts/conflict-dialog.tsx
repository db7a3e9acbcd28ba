import { Button, Group, Modal, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { shownValue } from './shown-value.ts';
import { type Conflict, changedIn } from './use-guarded-save.ts';

interface Props {
  readonly conflict: Conflict<object, object> | undefined;
  /** What a field is called on the screen. */
  readonly labelOf: (field: string) => string;
  /** How a field's value is written there; default: as it is. */
  readonly show?: (field: string, value: unknown) => string;
  readonly onOverwrite: () => void;
  readonly onTakeTheirs: () => void;
  readonly onClose: () => void;
}

/** What somebody else saved in between, beside one's own change, and what to do about it. */
export function ConflictDialog({ conflict, onClose, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={conflict !== undefined}
      onClose={onClose}
      size="lg"
      title={t('conflict.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {conflict !== undefined && <Choice conflict={conflict} onClose={onClose} {...rest} />}
    </Modal>
  );
}

function Choice({
  conflict,
  labelOf,
  show = (_field, value) => shownValue(value),
  onOverwrite,
  onTakeTheirs,
  onClose,
}: Props & { readonly conflict: Conflict<object, object> }) {
  const { t } = useTranslation();
  const fields = fieldsOf(conflict);
  return (
    <>
      <Text size="sm" mb="md">
        {t('conflict.text')}
      </Text>
      <Table.ScrollContainer minWidth={420} mb="md" scrollAreaProps={{ tabIndex: 0 }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('conflict.field')}</Table.Th>
              <Table.Th>{t('conflict.theirs')}</Table.Th>
              <Table.Th>{t('conflict.mine')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {fields.map((field) => (
              <Table.Tr key={field}>
                <Table.Th scope="row">{labelOf(field)}</Table.Th>
                <Table.Td>{show(field, Reflect.get(conflict.theirs.value, field))}</Table.Td>
                <Table.Td>
                  {field in conflict.mine
                    ? show(field, Reflect.get(conflict.mine, field))
                    : t('conflict.unchanged')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('conflict.goOn')}
        </Button>
        <Button variant="default" onClick={onTakeTheirs}>
          {t('conflict.takeTheirs')}
        </Button>
        <Button color="red.9" onClick={onOverwrite}>
          {t('conflict.overwrite')}
        </Button>
      </Group>
    </>
  );
}

/** Those that the other has changed, and those that one is about to. */
function fieldsOf({ base, theirs, mine }: Conflict<object, object>): string[] {
  const changed = changedIn(base, theirs.value).filter((field) => field !== 'updatedAt');
  return [...new Set([...changed, ...Object.keys(mine)])];
}
