import { Skeleton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type GeoProjection, geoAzimuthalEqualArea, geoCentroid, geoEqualEarth, geoPath } from 'd3-geo';
import type { FeatureCollection } from 'geojson';
import { memo, type Ref, useCallback, useMemo, useState } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { type Country, loadWorld, type Shape } from './world.ts';
import classes from './world-map.module.css';

export interface WorldMapProps {
  /** By ISO 3166-1 alpha-2 code. */
  readonly values: ReadonlyMap<string, number>;
  /** The country that the map is of; undefined: the world. */
  readonly country: string | undefined;
  readonly label: string;
  readonly nameOf: (code: string) => string;
  readonly format: (value: number) => string;
  readonly onChoose: (code: string) => void;
  readonly svgRef?: Ref<SVGSVGElement>;
}

interface Drawn {
  readonly code: string;
  readonly path: string;
  /** Where a dot stands for a country that is too small to be seen; null where it is not. */
  readonly dot: readonly [number, number] | null;
}

/** Countries of fewer square pixels get a dot. */
const smallest = 14;
const steps = 6;

/** Countries in shades of their numbers. One points at them for the number, and clicks to go there. */
export function WorldMap(props: WorldMapProps) {
  const {
    data: world,
    error,
    refetch,
  } = useQuery({
    queryKey: ['world'],
    queryFn: loadWorld,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { ref, width } = useElementSize();
  const height = Math.round(Math.max(220, width * 0.49));
  return (
    <div ref={ref} className={classes.map}>
      {error !== null && <ErrorNote error={error} onRetry={refetch} />}
      {error === null && (world === undefined || width === 0) && <Skeleton height={height} />}
      {world !== undefined && width > 0 && (
        <Countries {...props} world={world} width={width} height={height} />
      )}
    </div>
  );
}

interface CountriesProps extends WorldMapProps {
  readonly world: readonly Country[];
  readonly width: number;
  readonly height: number;
}

function Countries({
  world,
  width,
  height,
  values,
  country,
  label,
  nameOf,
  format,
  onChoose,
  svgRef,
}: CountriesProps) {
  const [pointed, setPointed] = useState<{ code: string; x: number; y: number }>();
  const drawn = useMemo(() => draw(world, country, width, height), [world, country, width, height]);
  const shade = useMemo(() => shadeOf(values), [values]);
  const point = useCallback((code: string, x: number, y: number) => setPointed({ code, x, y }), []);
  const value = pointed === undefined ? undefined : values.get(pointed.code);
  return (
    <>
      <svg
        ref={svgRef}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={label}
        data-country={country ?? ''}
        onPointerLeave={() => setPointed(undefined)}
      >
        {drawn.map((each) => (
          <Outline
            key={each.path}
            drawn={each}
            shade={shade(each.code)}
            state={country === undefined ? '' : each.code === country ? 'chosen' : 'other'}
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
          <strong>{format(value ?? 0)}</strong>
        </div>
      )}
    </>
  );
}

interface OutlineProps {
  readonly drawn: Drawn;
  readonly shade: number;
  readonly state: '' | 'chosen' | 'other';
  readonly onPoint: (code: string, x: number, y: number) => void;
  readonly onChoose: (code: string) => void;
}

/** For the pointer alone: the table beside it has a button for each country. */
const Outline = memo(function Outline({ drawn, shade, state, onPoint, onChoose }: OutlineProps) {
  const { code, path, dot } = drawn;
  const common = {
    'data-code': code,
    'data-shade': shade,
    'data-state': state,
    onPointerMove: (event: React.PointerEvent<SVGElement>) => {
      const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
      onPoint(code, event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0));
    },
    onClick: () => code !== '' && onChoose(code),
  };
  return (
    <>
      <path className={classes.country} d={path} {...common} />
      {dot !== null && shade > 0 && (
        <circle className={classes.country} cx={dot[0]} cy={dot[1]} r={4} {...common} />
      )}
    </>
  );
});

function draw(world: readonly Country[], chosen: string | undefined, width: number, height: number): Drawn[] {
  const projection = projectionOf(world, chosen, width, height);
  const path = geoPath(projection).digits(1);
  const parts = new Map<string, number>();
  for (const { code } of world) parts.set(code, (parts.get(code) ?? 0) + 1);
  return world.flatMap(({ code, shape }) => {
    const text = path(shape);
    if (text === null || text === '') return [];
    // Small parts of larger countries are in the data by themselves.
    const small = chosen === undefined && parts.get(code) === 1 && path.area(shape) < smallest;
    return [{ code, path: text, dot: small ? path.centroid(shape) : null }];
  });
}

function projectionOf(
  world: readonly Country[],
  chosen: string | undefined,
  width: number,
  height: number,
): GeoProjection {
  const country = world.find(({ code }) => code === chosen);
  const room: [[number, number], [number, number]] = [
    [width * 0.06, height * 0.06],
    [width * 0.94, height * 0.94],
  ];
  if (country !== undefined) {
    const [longitude, latitude] = geoCentroid(country.mainland);
    return geoAzimuthalEqualArea()
      .rotate([-longitude, -latitude])
      .clipAngle(60)
      .fitExtent(room, country.mainland)
      .clipExtent([
        [0, 0],
        [width, height],
      ]);
  }
  const all: FeatureCollection<Shape> = {
    type: 'FeatureCollection',
    features: world.map(({ shape }) => shape),
  };
  return geoEqualEarth().rotate([-11, 0]).fitSize([width, height], all);
}

/** From 0, for none, to `steps`; by the logarithm, so that a large country leaves the others apart. */
function shadeOf(values: ReadonlyMap<string, number>): (code: string) => number {
  const most = Math.max(1, ...values.values());
  return (code) => {
    const value = values.get(code) ?? 0;
    if (code === '' || value <= 0) return 0;
    return Math.max(1, Math.ceil((Math.log1p(value) / Math.log1p(most)) ** 1.6 * steps));
  };
}
