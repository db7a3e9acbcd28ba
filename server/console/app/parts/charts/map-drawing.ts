import { type GeoProjection, geoAzimuthalEqualArea, geoCentroid, geoEqualEarth, geoPath } from 'd3-geo';
import type { FeatureCollection } from 'geojson';
import type { Area, Country, Shape } from './world.ts';

/** An area as it is on the screen. */
export interface Drawn {
  /** ISO 3166-1 alpha-2 or ISO 3166-2; empty where there is none. */
  readonly code: string;
  readonly path: string;
  /** Where a dot stands for a country that is too small to be seen; null where it is not. */
  readonly dot: readonly [number, number] | null;
  /** `other`: around what the map is of; `chosen`: what it is of, whole. */
  readonly state: '' | 'chosen' | 'other';
}

/** Countries of fewer square pixels get a dot. */
const smallest = 14;

/** All countries. */
export function drawWorld(world: readonly Country[], width: number, height: number): Drawn[] {
  const all: FeatureCollection<Shape> = {
    type: 'FeatureCollection',
    features: world.map(({ shape }) => shape),
  };
  const projection = geoEqualEarth().rotate([-11, 0]).fitSize([width, height], all);
  const path = geoPath(projection).digits(1);
  const parts = new Map<string, number>();
  for (const { code } of world) parts.set(code, (parts.get(code) ?? 0) + 1);
  return world.flatMap(({ code, shape }) => {
    const text = path(shape);
    if (text === null || text === '') return [];
    // Small parts of larger countries are in the data by themselves.
    const small = parts.get(code) === 1 && path.area(shape) < smallest;
    return [{ code, path: text, dot: small ? path.centroid(shape) : null, state: '' }];
  });
}

/** A country with what is around it: its regions, or all of it where there are no shapes of them. */
export function drawCountry(
  world: readonly Country[],
  country: Country,
  regions: readonly Area[],
  width: number,
  height: number,
): Drawn[] {
  const path = geoPath(projectionTo(country, width, height)).digits(1);
  const drawn = (areas: readonly Area[], stateOf: (code: string) => Drawn['state']) =>
    areas.flatMap(({ code, shape }): Drawn[] => {
      const text = path(shape);
      return text === null || text === '' ? [] : [{ code, path: text, dot: null, state: stateOf(code) }];
    });
  return [
    ...drawn(world, (code) => (code === country.code && regions.length === 0 ? 'chosen' : 'other')),
    ...drawn(regions, () => ''),
  ];
}

function projectionTo({ mainland }: Country, width: number, height: number): GeoProjection {
  const [longitude, latitude] = geoCentroid(mainland);
  return geoAzimuthalEqualArea()
    .rotate([-longitude, -latitude])
    .clipAngle(60)
    .fitExtent(
      [
        [width * 0.06, height * 0.06],
        [width * 0.94, height * 0.94],
      ],
      mainland,
    )
    .clipExtent([
      [0, 0],
      [width, height],
    ]);
}
