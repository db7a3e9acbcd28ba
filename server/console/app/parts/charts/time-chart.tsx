import { useElementSize } from '@mantine/hooks';
import { scaleLinear, scalePoint } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import { type PointerEvent, type Ref, useState } from 'react';
import classes from './time-chart.module.css';

export interface TimePoint {
  /** Short, for the axis. */
  readonly label: string;
  /** In full, where one points. */
  readonly title: string;
  readonly value: number;
  /** The same place in the period before; null where nothing is compared. */
  readonly previous: number | null;
  readonly previousTitle?: string;
}

interface Props {
  readonly points: readonly TimePoint[];
  /** What it shows, for who cannot see it. */
  readonly label: string;
  readonly format: (value: number) => string;
  readonly axisFormat?: (value: number) => string;
  readonly height?: number;
  readonly svgRef?: Ref<SVGSVGElement>;
}

const margin = { top: 12, right: 12, bottom: 26, left: 46 };

/** A line over time, with that of the period before behind it. Where one points, it says the numbers. */
export function TimeChart({ points, label, format, axisFormat = format, height = 250, svgRef }: Props) {
  const { ref, width } = useElementSize();
  const [pointed, setPointed] = useState<number>();
  const x = scalePoint<number>()
    .domain(points.map((_, index) => index))
    .range([margin.left, Math.max(margin.left + 1, width - margin.right)]);
  const most = Math.max(0, ...points.flatMap(({ value, previous }) => [value, previous ?? 0]));
  const y = scaleLinear()
    .domain([0, most === 0 ? 1 : most])
    .nice(4)
    .range([height - margin.bottom, margin.top]);
  const at = (index: number) => x(index) ?? margin.left;
  const shape = line<TimePoint>()
    .x((_, index) => at(index))
    .curve(curveMonotoneX);
  const below = area<TimePoint>()
    .x((_, index) => at(index))
    .y0(y(0))
    .y1(({ value }) => y(value))
    .curve(curveMonotoneX);
  const compared = points.some(({ previous }) => previous !== null);
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const index = Math.round((left - margin.left) / (x.step() || 1));
    setPointed(Math.min(points.length - 1, Math.max(0, index)));
  };
  const shown = pointed === undefined ? undefined : points[pointed];
  return (
    <div ref={ref} className={classes.chart}>
      <svg
        ref={svgRef}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={label}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        {y.ticks(4).map((tick) => (
          <g key={tick}>
            <line
              className={classes.grid}
              x1={margin.left}
              x2={width - margin.right}
              y1={y(tick)}
              y2={y(tick)}
            />
            <text className={classes.tick} x={margin.left - 10} y={y(tick)} dy="0.32em" textAnchor="end">
              {axisFormat(tick)}
            </text>
          </g>
        ))}
        {labelled(points.length, width).map((index) => (
          <text
            key={index}
            className={classes.tick}
            x={at(index)}
            y={height - 6}
            textAnchor={index === 0 ? 'start' : index === points.length - 1 ? 'end' : 'middle'}
          >
            {points[index]?.label}
          </text>
        ))}
        <path className={classes.area} d={below([...points]) ?? ''} />
        {compared && (
          <path
            className={classes.previous}
            d={shape.y(({ previous }) => y(previous ?? 0))([...points]) ?? ''}
          />
        )}
        <path className={classes.line} d={shape.y(({ value }) => y(value))([...points]) ?? ''} />
        {points.length === 1 && points[0] !== undefined && (
          <circle className={classes.dot} cx={at(0)} cy={y(points[0].value)} r={4} />
        )}
        {shown !== undefined && pointed !== undefined && (
          <>
            <line
              className={classes.pointer}
              x1={at(pointed)}
              x2={at(pointed)}
              y1={margin.top}
              y2={height - margin.bottom}
            />
            <circle className={classes.dot} cx={at(pointed)} cy={y(shown.value)} r={4.5} />
          </>
        )}
      </svg>
      {shown !== undefined && pointed !== undefined && (
        <div
          className={classes.note}
          data-side={at(pointed) > width / 2 ? 'left' : 'right'}
          style={{ left: at(pointed) }}
          aria-hidden="true"
        >
          <span>{shown.title}</span>
          <strong>{format(shown.value)}</strong>
          {shown.previous !== null && (
            <span className={classes.noteBefore}>
              {shown.previousTitle} {format(shown.previous)}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

/** Which places on the axis have a label: as many as have room, evenly. */
function labelled(count: number, width: number): number[] {
  const room = Math.max(2, Math.floor((width - margin.left) / 84));
  const step = Math.max(1, Math.ceil((count - 1) / (room - 1)));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}
