import type { ReactNode } from 'react';
import classes from './entries.module.css';

/** Things one below the other, with a line between them. */
export function Entries({ children }: { readonly children: ReactNode }) {
  return <ul className={classes.entries}>{children}</ul>;
}

interface EntryProps {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  /** What can be done with it. */
  readonly action?: ReactNode;
}

export function Entry({ title, children, action }: EntryProps) {
  return (
    <li className={classes.entry}>
      <div className={classes.body}>
        <div className={classes.title}>{title}</div>
        {children !== undefined && <div className={classes.more}>{children}</div>}
      </div>
      {action}
    </li>
  );
}
