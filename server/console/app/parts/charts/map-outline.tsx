import { memo } from 'react';
import type { Drawn } from './map-drawing.ts';
import classes from './world-map.module.css';

interface Props {
  readonly drawn: Drawn;
  readonly shade: number;
  /** For the keyboard: its name with its number; undefined: it is passed over. */
  readonly label: string | undefined;
  /** Whether it is where the tab key comes to. */
  readonly isStop: boolean;
  readonly onPoint: (code: string, x: number, y: number) => void;
  /** Undefined: nothing happens. */
  readonly onChoose: ((code: string) => void) | undefined;
}

/** A country or a region. */
export const MapOutline = memo(function MapOutline(props: Props) {
  const { drawn, shade, label, isStop, onPoint, onChoose } = props;
  const { code, path, dot, state } = drawn;
  const isChoice = onChoose !== undefined && code !== '';
  const common = {
    className: classes.country,
    'data-code': code,
    'data-shade': shade,
    'data-state': state,
    'data-choice': isChoice,
    onPointerMove: (event: React.PointerEvent<SVGElement>) => {
      const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
      onPoint(code, event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0));
    },
    onClick: () => isChoice && onChoose(code),
  };
  const forKeys =
    label === undefined
      ? {}
      : {
          role: onChoose === undefined ? 'img' : 'button',
          'aria-label': label,
          tabIndex: isStop ? 0 : -1,
          onFocus: (event: React.FocusEvent<SVGGraphicsElement>) => {
            const { x, y, width, height } = event.currentTarget.getBBox();
            onPoint(code, x + width / 2, y + height / 2);
          },
        };
  const hasDot = dot !== null && shade > 0;
  return (
    <>
      <path d={path} {...common} {...(hasDot ? {} : forKeys)} />
      {hasDot && <circle cx={dot[0]} cy={dot[1]} r={4} {...common} {...forKeys} />}
    </>
  );
});
