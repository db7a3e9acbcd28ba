import { Table, type TableProps } from '@mantine/core';
import classes from './stacked-table.module.css';

interface Props extends TableProps {
  /** In pixels: where there is less, it scrolls. */
  readonly minWidth: number;
}

/**
 * A table whose rows are cards on a phone. There a cell's `data-label` stands before it, in place of the column's head,
 * and one with `data-menu` is in the card's corner. Cells with `data-number` end at one line where they are in columns.
 */
export function StackedTable({ minWidth, ...table }: Props) {
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" tabIndex={0} className={classes.frame}>
      <Table className={classes.table} {...table} />
    </Table.ScrollContainer>
  );
}
