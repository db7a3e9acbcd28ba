import { ActionIcon, Button, Menu, Group as Row, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../parts/icon.tsx';
import classes from './builder.module.css';
import { ConditionFields } from './condition-fields.tsx';
import { dimensionGroups, dimensionNames } from './dimensions.ts';
import {
  conditionOf,
  type Dimension,
  emptyLeaf,
  type Group,
  groupOf,
  type Mode,
  modes,
  type Part,
} from './model.ts';

interface Props {
  readonly group: Group;
  readonly onChange: (group: Group) => void;
}

/** Who sees a line item, put together condition by condition. */
export function TargetingBuilder({ group, onChange }: Props) {
  const { t } = useTranslation('targeting');
  return (
    <GroupFields
      group={group}
      onChange={onChange}
      depth={0}
      empty={
        <Text size="sm" c="dimmed">
          {t('nobodyLeftOut')}
        </Text>
      }
    />
  );
}

interface GroupProps extends Props {
  readonly depth: number;
  readonly empty?: React.ReactNode;
  readonly onRemove?: () => void;
}

function GroupFields({ group, onChange, depth, empty, onRemove }: GroupProps) {
  const { t } = useTranslation('targeting');
  const { parts, mode } = group;
  const replace = (id: number, part: Part | undefined) =>
    onChange({
      ...group,
      parts: parts.flatMap((each) => (each.id !== id ? [each] : part === undefined ? [] : [part])),
    });
  const add = (part: Part) => onChange({ ...group, parts: [...parts, part] });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out like this
    <div className={depth === 0 ? undefined : classes.group} role="group" aria-label={t(`mode.${mode}`)}>
      {(depth > 0 || parts.length > 1 || mode !== 'all') && (
        <Row gap="xs" mb="sm" wrap="nowrap">
          <Select
            size="xs"
            w={260}
            aria-label={t('modeLabel')}
            data={modes.map((value) => ({ value, label: t(`mode.${value}`) }))}
            value={mode}
            onChange={(value) => value !== null && onChange({ ...group, mode: value as Mode })}
            allowDeselect={false}
          />
          {onRemove !== undefined && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('removeGroup')}
              onClick={onRemove}
              ml="auto"
            >
              <Icon name="cross" size={16} />
            </ActionIcon>
          )}
        </Row>
      )}
      {parts.length === 0 && empty}
      <div className={classes.parts}>
        {parts.map((part) =>
          part.kind === 'group' ? (
            <GroupFields
              key={part.id}
              group={part}
              depth={depth + 1}
              onChange={(changed) => replace(part.id, changed)}
              onRemove={() => replace(part.id, undefined)}
            />
          ) : (
            // biome-ignore lint/a11y/useSemanticElements: as above
            <div
              key={part.id}
              className={classes.condition}
              role="group"
              aria-label={t(dimensionNames[part.leaf.on])}
            >
              <div className={classes.fields}>
                <ConditionFields leaf={part.leaf} onChange={(leaf) => replace(part.id, { ...part, leaf })} />
              </div>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('removeCondition', { what: t(dimensionNames[part.leaf.on]) })}
                onClick={() => replace(part.id, undefined)}
              >
                <Icon name="cross" size={16} />
              </ActionIcon>
            </div>
          ),
        )}
      </div>
      <Row gap="xs" mt="sm">
        <AddCondition onAdd={(on) => add(conditionOf(emptyLeaf(on)))} />
        {depth < 3 && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            onClick={() => add(groupOf(mode === 'any' ? 'all' : 'any', []))}
          >
            {t('addGroup')}
          </Button>
        )}
      </Row>
    </div>
  );
}

function AddCondition({ onAdd }: { readonly onAdd: (on: Dimension) => void }) {
  const { t } = useTranslation('targeting');
  return (
    <Menu position="bottom-start" width={240} returnFocus>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<Icon name="plus" size={16} />}>
          {t('addCondition')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {(Object.keys(dimensionGroups) as (keyof typeof dimensionGroups)[]).map((name) => (
          <div key={name}>
            <Menu.Label>{t(`group.${name}`)}</Menu.Label>
            {dimensionGroups[name].map((on) => (
              <Menu.Item key={on} onClick={() => onAdd(on)}>
                {t(dimensionNames[on])}
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
