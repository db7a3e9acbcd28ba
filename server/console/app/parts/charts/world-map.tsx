import { Skeleton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type Ref, useCallback, useMemo, useState } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { type Drawn, drawCountry, drawWorld } from './map-drawing.ts';
import { MapLegend } from './map-legend.tsx';
import { MapOutline } from './map-outline.tsx';
import { shadesOf } from './map-shades.ts';
import { loadRegions } from './regions.ts';
import { type Area, type Country, loadWorld } from './world.ts';
import classes from './world-map.module.css';

export interface WorldMapProps {
  /** By ISO 3166-1 alpha-2 code; of a country's map by ISO 3166-2 code. */
  readonly values: ReadonlyMap<string, number>;
  /** The country that the map is of; undefined: the world. */
  readonly country: string | undefined;
  readonly label: string;
  readonly nameOf: (code: string) => string;
  /** What is counted. */
  readonly unit: string;
  readonly format: (value: number) => string;
  /** What a click on a country, or on a region of the country's map, does; undefined: nothing. */
  readonly onChoose: ((code: string) => void) | undefined;
  readonly svgRef?: Ref<SVGSVGElement>;
}

const noRegions: readonly Area[] = [];

/** Countries, or the regions of one, in shades of their numbers. One points at them for the number, and clicks to go there. */
export function WorldMap(props: WorldMapProps) {
  const { country } = props;
  const world = useQuery({
    queryKey: ['world'],
    queryFn: loadWorld,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const regions = useQuery({
    queryKey: ['world', 'regions', country],
    queryFn: () => loadRegions(country ?? ''),
    enabled: country !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { ref, width } = useElementSize();
  const height = Math.round(Math.max(220, width * 0.49));
  const error = world.error ?? regions.error;
  const shapes = country === undefined ? noRegions : regions.data;
  return (
    <div ref={ref} className={classes.map}>
      {error !== null && (
        <ErrorNote error={error} onRetry={world.error === null ? regions.refetch : world.refetch} />
      )}
      {error === null && (world.data === undefined || shapes === undefined || width === 0) && (
        <Skeleton height={height} />
      )}
      {world.data !== undefined && shapes !== undefined && width > 0 && (
        <Areas {...props} world={world.data} regions={shapes} width={width} height={height} />
      )}
    </div>
  );
}

interface AreasProps extends WorldMapProps {
  readonly world: readonly Country[];
  readonly regions: readonly Area[];
  readonly width: number;
  readonly height: number;
}

function Areas(props: AreasProps) {
  const { world, regions, width, height, values, country, label, nameOf, unit, format, onChoose, svgRef } =
    props;
  const [pointed, setPointed] = useState<{ code: string; x: number; y: number }>();
  const [stop, setStop] = useState<string>();
  const drawn = useMemo(() => {
    const whole = world.find(({ code }) => code === country);
    return whole === undefined
      ? drawWorld(world, width, height)
      : drawCountry(world, whole, regions, width, height);
  }, [world, country, regions, width, height]);
  const shades = useMemo(() => shadesOf(values), [values]);
  const order = useMemo(() => keyOrder(drawn, values), [drawn, values]);
  const point = useCallback((code: string, x: number, y: number) => setPointed({ code, x, y }), []);
  const codes = [...order.keys()];
  const first = stop !== undefined && order.has(stop) ? stop : codes[0];
  const move = (event: KeyboardEvent<SVGSVGElement>) => {
    const code = (event.target as SVGElement).dataset['code'] ?? '';
    if ((event.key === 'Enter' || event.key === ' ') && onChoose !== undefined && order.has(code)) {
      event.preventDefault();
      return onChoose(code);
    }
    const next = codes[nextPlace(event.key, codes.indexOf(code), codes.length)];
    if (next === undefined) return;
    event.preventDefault();
    setStop(next);
    event.currentTarget.querySelector<SVGElement>(`[data-code="${next}"][tabindex]`)?.focus();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
      <svg
        ref={svgRef}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={label}
        data-country={country ?? ''}
        onPointerLeave={() => setPointed(undefined)}
        onBlur={() => setPointed(undefined)}
        onKeyDown={move}
      >
        {drawn.map((each) => (
          <MapOutline
            key={each.path}
            drawn={each}
            shade={shades.shadeOf(each.code)}
            label={
              order.get(each.code) === each
                ? `${nameOf(each.code)}: ${format(values.get(each.code) ?? 0)} ${unit}`
                : undefined
            }
            isStop={each.code === first}
            onPoint={point}
            onChoose={onChoose}
          />
        ))}
      </svg>
      {pointed !== undefined && pointed.code !== '' && (
        <div
          className={classes.note}
          data-side={pointed.x > width / 2 ? 'left' : 'right'}
          style={{ left: pointed.x, top: pointed.y }}
          aria-hidden="true"
        >
          <span>{nameOf(pointed.code)}</span>
          <strong>{`${format(values.get(pointed.code) ?? 0)} ${unit}`}</strong>
        </div>
      )}
      <MapLegend legend={shades.legend} unit={unit} format={format} />
    </>
  );
}

/** What the keyboard goes to: areas with a number, the largest in front, of each its largest part. */
function keyOrder(drawn: readonly Drawn[], values: ReadonlyMap<string, number>): ReadonlyMap<string, Drawn> {
  const parts = new Map<string, Drawn>();
  for (const each of drawn) {
    if (each.state !== '' || each.code === '' || (values.get(each.code) ?? 0) <= 0) continue;
    const known = parts.get(each.code);
    if (known === undefined || known.path.length < each.path.length) parts.set(each.code, each);
  }
  const amountOf = (code: string) => values.get(code) ?? 0;
  return new Map([...parts].sort(([one], [other]) => amountOf(other) - amountOf(one)));
}

function nextPlace(key: string, place: number, length: number): number {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return (place + 1) % length;
    case 'ArrowLeft':
    case 'ArrowUp':
      return (place - 1 + length) % length;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return -1;
  }
}
