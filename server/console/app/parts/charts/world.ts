import { geoArea, geoCentroid, geoDistance } from 'd3-geo';
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { iso31661NumericToAlpha2 } from 'iso-3166/1-n-to-1-a2.js';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import shapes from 'world-atlas/countries-50m.json?url';

export type Shape = Polygon | MultiPolygon;

export interface Area {
  /** ISO 3166-1 alpha-2, or ISO 3166-2 of a region; empty where it has none. */
  readonly code: string;
  readonly shape: Feature<Shape>;
}

export interface Country extends Area {
  /** The part of it that a map of the country shows: its mainland, with the islands near it. */
  readonly mainland: Feature<Shape>;
}

/** Outlines of all countries (Natural Earth, in the public domain), from this server. */
export async function loadWorld(): Promise<Country[]> {
  const answer = await fetch(shapes);
  if (!answer.ok) throw new Error(`${shapes} answered ${answer.status}`);
  const topology = (await answer.json()) as Topology<{ countries: GeometryCollection }>;
  const { features } = feature(topology, topology.objects.countries) as FeatureCollection<Shape>;
  return features
    .map((shape) => ({
      code: iso31661NumericToAlpha2[String(shape.id).padStart(3, '0')] ?? '',
      shape,
      mainland: mainlandOf(shape),
    }))
    .filter(({ code }) => code !== 'AQ');
}

/** Parts of a country further than this from its largest part, in radians, are other maps. */
const near = 0.32;

function mainlandOf(country: Feature<Shape>): Feature<Shape> {
  const { geometry } = country;
  if (geometry.type === 'Polygon') return country;
  const parts = geometry.coordinates.map((coordinates): Polygon => ({ type: 'Polygon', coordinates }));
  const areas = parts.map((part) => geoArea(part));
  const largest = parts[areas.indexOf(Math.max(...areas))];
  if (largest === undefined) return country;
  const middle = geoCentroid(largest);
  const kept = parts.filter((part) => geoDistance(geoCentroid(part), middle) < near);
  return {
    ...country,
    geometry: { type: 'MultiPolygon', coordinates: kept.map(({ coordinates }) => coordinates) },
  };
}
