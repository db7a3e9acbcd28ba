import { scaleLinear, scalePoint } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import sharp from 'sharp';

export interface ChartPoint {
  /** Day or hour, as it stands under the chart. */
  readonly label: string;
  readonly value: number;
  /** In the period before. */
  readonly previous?: number | undefined;
}

export interface Chart {
  readonly title: string;
  readonly points: readonly ChartPoint[];
}

const size = { width: 640, height: 240 } as const;
const inner = { left: 56, right: 16, top: 32, bottom: 28 } as const;
/** Screens of phones have two pixels for one. */
const pixelRatio = 2;
const numbers = new Intl.NumberFormat('en', { notation: 'compact' });

/** A line over time as SVG; the period before is a thinner one behind it. */
export function chartSvg({ title, points }: Chart): string {
  const highest = Math.max(1, ...points.flatMap(({ value, previous }) => [value, previous ?? 0]));
  const x = scalePoint(
    points.map((_, at) => at),
    [inner.left, size.width - inner.right],
  );
  const y = scaleLinear([0, highest], [size.height - inner.bottom, inner.top]).nice(4);
  const at = (index: number) => x(index) ?? inner.left;
  const path = line<number | undefined>()
    .defined((value) => value !== undefined)
    .x((_, index) => at(index))
    .y((value) => y(value ?? 0))
    .curve(curveMonotoneX);
  const fill = area<number>()
    .x((_, index) => at(index))
    .y0(y(0))
    .y1((value) => y(value))
    .curve(curveMonotoneX);
  const values = points.map(({ value }) => value);
  const previous = points.map((point) => point.previous);
  const grid = y.ticks(4).map((tick) => {
    const height = y(tick).toFixed(1);
    return (
      `<line x1="${inner.left}" x2="${size.width - inner.right}" y1="${height}" y2="${height}" stroke="#e3e6ea"/>` +
      `<text x="${inner.left - 8}" y="${height}" dy="4" text-anchor="end">${numbers.format(tick)}</text>`
    );
  });
  const every = Math.max(1, Math.ceil(points.length / 8));
  const labels = points.map(({ label }, index) =>
    index % every === 0
      ? `<text x="${at(index).toFixed(1)}" y="${size.height - 8}" text-anchor="middle">${escapeXml(label)}</text>`
      : '',
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" font-family="sans-serif" font-size="11" fill="#5b6470">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${inner.left}" y="18" font-size="13" font-weight="bold" fill="#1f2933">${escapeXml(title)}</text>`,
    ...grid,
    `<path d="${fill(values) ?? ''}" fill="#2f6fde" fill-opacity="0.12"/>`,
    `<path d="${path(previous) ?? ''}" fill="none" stroke="#9aa5b1" stroke-width="1.5" stroke-dasharray="4 3"/>`,
    `<path d="${path(values) ?? ''}" fill="none" stroke="#2f6fde" stroke-width="2.5" stroke-linecap="round"/>`,
    ...labels,
    '</svg>',
  ].join('');
}

/** The chart as PNG, 1280 × 480 pixels. Letters need a font of the system; where there is none, only the line is there. */
export function chartPng(chart: Chart): Promise<Buffer> {
  return sharp(Buffer.from(chartSvg(chart)), { density: 72 * pixelRatio })
    .png()
    .toBuffer();
}

export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
