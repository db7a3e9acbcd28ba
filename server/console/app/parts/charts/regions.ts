import type { FeatureCollection } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { Area, Shape } from './world.ts';

const files = import.meta.glob<string>('./regions/*.json', { query: '?url', import: 'default', eager: true });

/**
 * Outlines of a country's regions (Natural Earth, in the public domain; see regions/make.mjs), from this server.
 * @returns none where there are none of the level that visitors are told by
 */
export async function loadRegions(country: string): Promise<readonly Area[]> {
  const file = files[`./regions/${country}.json`];
  if (file === undefined) return [];
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`${file} answered ${answer.status}`);
  const topology = (await answer.json()) as Topology<{ regions: GeometryCollection }>;
  const { features } = feature(topology, topology.objects.regions) as FeatureCollection<Shape>;
  return features.map((shape) => ({ code: String(shape.id ?? ''), shape }));
}
