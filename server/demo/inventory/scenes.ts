import { lettering, letteringWidth } from './lettering.ts';

/** What is behind the words of a demo image: drawn into a box of `width` × `height` pixels, the motif at its right. */
export type Scene = (width: number, height: number) => string;

export interface Poster {
  readonly scene: Scene;
  readonly title: string;
  readonly subtitle: string;
  readonly button: string;
  readonly ink: string;
  readonly buttonColor: string;
  readonly buttonInk: string;
}

/** The SVG of a poster. A banner much wider than high has its words in a row, others in a column. */
export function posterSvg(poster: Poster, width: number, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    ${poster.scene(width, height)}
    ${width > height * 3 ? wideWords(poster, width, height) : tallWords(poster, height)}
    <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" fill="none" stroke="#000" stroke-opacity="0.25"/>
  </svg>`;
}

function wideWords({ title, subtitle, ink, ...rest }: Poster, width: number, height: number): string {
  return [
    lettering({ text: title, x: 26, y: height * 0.49, size: 28, color: ink, weight: 13 }),
    lettering({ text: subtitle, x: 27, y: height * 0.73, size: 11, color: ink, weight: 13 }),
    button(rest, width * 0.5, height / 2, 13),
  ].join('');
}

function tallWords({ title, subtitle, ink, ...rest }: Poster, height: number): string {
  const size = Math.min(30, (30 * 210) / letteringWidth(title, 30));
  return [
    lettering({ text: title, x: 24, y: height * 0.25, size, color: ink, weight: 13 }),
    lettering({ text: subtitle, x: 25, y: height * 0.25 + 23, size: 11, color: ink, weight: 13 }),
    button(rest, 24, height - 36, 12),
  ].join('');
}

/** `x` is its left end, `y` its middle. */
function button(
  { button: text, buttonColor, buttonInk }: Pick<Poster, 'button' | 'buttonColor' | 'buttonInk'>,
  x: number,
  y: number,
  size: number,
): string {
  const width = letteringWidth(text, size) + size * 2.6;
  const height = size * 2.6;
  return `<rect x="${x}" y="${y - height / 2}" width="${width}" height="${height}" rx="${height / 2}" fill="${buttonColor}"/>
    ${lettering({ text, x: x + width / 2, y: y + size / 2, size, color: buttonInk, weight: 14, anchor: 'middle' })}`;
}

function sky(id: string, width: number, height: number, stops: readonly string[]): string {
  const parts = stops.map(
    (color, index) => `<stop offset="${index / (stops.length - 1)}" stop-color="${color}"/>`,
  );
  return `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${parts.join('')}</linearGradient></defs>
    <rect width="${width}" height="${height}" fill="url(#${id})"/>`;
}

/** Where a motif is drawn, 100 units high: over the whole height of a wide banner, below the words of others. */
function frame(width: number, height: number): { unit: number; top: number; y: (units: number) => number } {
  const top = width > height * 3 ? 0 : height * 0.34;
  const unit = (height - top) / 100;
  return { unit, top, y: (units) => top + units * unit };
}

/** A tower of eight flared storeys in a lantern-lit night. */
export const taipeiNight: Scene = (width, height) => {
  const { unit, top, y } = frame(width, height);
  const x = width - (width > height * 3 ? 130 : 84);
  const storeys = Array.from({ length: 8 }, (_, index) => {
    const roof = 27 + index * 7;
    return `M-6.5 ${roof} L6.5 ${roof} L5 ${roof + 6.4} L-5 ${roof + 6.4} Z`;
  });
  const houses = Array.from({ length: Math.ceil(width / 18) }, (_, index) => {
    const tall = (9 + ((index * 37) % 15)) * unit;
    return `<rect x="${index * 18}" y="${height - tall}" width="17" height="${tall}"/>`;
  });
  const lantern = (dx: number, hang: number, size: number) =>
    `<g transform="translate(${x + dx * unit} ${top})"><path d="M0 ${-top} V${hang * unit}" stroke="#f7c873" stroke-width="1"/>
      <g transform="scale(${unit})"><ellipse cx="0" cy="${hang + size}" rx="${size * 1.15}" ry="${size}" fill="#e8412f"/>
      <path d="M${-size / 2} ${hang} h${size} M${-size / 2} ${hang + size * 2} h${size}" stroke="#f7c873" stroke-width="1.6"/></g></g>`;
  return `${sky('night', width, height, ['#171347', '#5b2a7d', '#d9527a'])}
    <circle cx="${x - 26 * unit}" cy="${y(30)}" r="${9 * unit}" fill="#ffe9b8"/>
    <g fill="#2a1650" opacity="0.75">${houses.join('')}</g>
    <g transform="translate(${x} ${top}) scale(${unit})" fill="#0f2f4f" stroke="#6fe3d2" stroke-width="0.7">
      <path d="M0 6 V20" stroke-width="1.2"/><path d="M-3 20 H3 L4 27 H-4 Z"/><path d="${storeys.join(' ')}"/>
      <path d="M-5 83 H5 L9 101 H-9 Z"/></g>
    ${lantern(25, 10, 6)}${lantern(38, 26, 4.5)}`;
};

/** Mountains over a lake, and the lozenges of the flag. */
export const bavarianAlps: Scene = (width, height) => {
  const { unit, y } = frame(width, height);
  /** `x` is counted from the right, in units. */
  const peak = (x: number, top: number, half: number, color: string) => {
    const snow = half * 0.3 * unit;
    const rise = (78 - top) * unit * 0.3;
    const [px, py] = [width - x * unit, y(top)];
    return `<path d="M${px - half * unit} ${y(78)} L${px} ${py} L${px + half * unit} ${y(78)} Z" fill="${color}"/>
      <path d="M${px} ${py} l${snow} ${rise} l${-snow * 0.6} ${-rise * 0.25} l${-snow * 0.4} ${rise * 0.4}
        l${-snow * 0.45} ${-rise * 0.35} l${-snow * 0.55} ${rise * 0.2} Z" fill="#fff"/>`;
  };
  return `${sky('alps', width, height, ['#7cc4f2', '#d8effc'])}
    <defs><pattern id="lozenges" width="14" height="22" patternUnits="userSpaceOnUse" patternTransform="skewX(-12)">
      <rect width="14" height="22" fill="#fff"/><path d="M7 0 L14 11 L7 22 L0 11 Z" fill="#1177c8"/></pattern></defs>
    <circle cx="${width - 22 * unit}" cy="${y(16)}" r="${9 * unit}" fill="#ffd65c"/>
    ${peak(18, 34, 30, '#7d93ad')}${peak(74, 38, 36, '#6f86a3')}${peak(45, 22, 38, '#54708f')}
    <path d="M0 ${y(88)} Q${width * 0.3} ${y(70)} ${width * 0.62} ${y(75)} T${width} ${y(74)} V${height} H0 Z" fill="#3f8f4f"/>
    <path d="M${width * 0.55} ${y(86)} Q${width * 0.8} ${y(80)} ${width} ${y(84)} V${height} H${width * 0.45} Z" fill="#2f86c9"/>
    <rect width="12" height="${height}" fill="url(#lozenges)"/>`;
};

const palmLeaves = [
  [-15, -3, -19, 7],
  [-11, -10, -19, -3],
  [0, -13, -8, -12],
  [10, -11, 18, -4],
  [14, -3, 19, 7],
] as const;

/** A striped sun going down behind palms. */
export const californiaSunset: Scene = (width, height) => {
  const { unit, top, y } = frame(width, height);
  const x = width - (width > height * 3 ? 120 : 92);
  const stripes = [50, 57, 64, 71].map(
    (line, index) => `<rect x="-40" y="${line}" width="80" height="${1.5 + index}"/>`,
  );
  const palm = (dx: number, base: number, tall: number) => {
    const crown = base - tall;
    const leaves = palmLeaves.map(([cx, cy, ex, ey]) => `M1 ${crown} q${cx} ${cy} ${ex} ${ey}`);
    return `<g transform="translate(${dx} 0)" fill="none" stroke="#3b1436" stroke-linecap="round">
      <path d="M0 ${base} Q3 ${base - tall / 2} 1 ${crown}" stroke-width="2.6"/>
      <path stroke-width="3.2" d="${leaves.join(' ')}"/></g>`;
  };
  return `${sky('sunset', width, height, ['#ff5f6d', '#ff9a56', '#ffd36b'])}
    <defs><clipPath id="sun"><circle cx="0" cy="48" r="32"/></clipPath></defs>
    <g transform="translate(${x} ${top}) scale(${unit})"><circle cx="0" cy="48" r="32" fill="#fff1a8"/>
      <g clip-path="url(#sun)" fill="#ff9a56">${stripes.join('')}</g></g>
    <rect y="${y(80)}" width="${width}" height="${20 * unit + 1}" fill="#1f6f8b"/>
    <g transform="translate(${x} ${top}) scale(${unit})">
      <path d="M-24 85 H24 M-15 90 H15 M-7 95 H7" stroke="#ffe28a" stroke-width="1.6" stroke-linecap="round"/>
      ${palm(-30, 96, 54)}${palm(30, 98, 68)}</g>`;
};

/** A signpost in front of a globe. */
export const signpost: Scene = (width, height) => {
  const { unit, top } = frame(width, height);
  const x = width - (width > height * 3 ? 120 : 88);
  const arrow = (y: number, direction: 1 | -1, color: string) =>
    `<path d="M${-20 * direction} ${y} H${18 * direction} L${27 * direction} ${y + 6.5} L${18 * direction} ${y + 13}
      H${-20 * direction} Z" fill="${color}"/>`;
  return `${sky('sea', width, height, ['#0b4f5c', '#0f8a80'])}
    <g transform="translate(${x} ${top}) scale(${unit})">
      <g fill="none" stroke="#9fe8d4" stroke-opacity="0.45" stroke-width="0.9">
        <circle cx="0" cy="51" r="42"/><ellipse cx="0" cy="51" rx="19" ry="42"/>
        <path d="M-42 51 H42 M-36 29 H36 M-36 73 H36"/></g>
      <rect x="-2" y="14" width="4" height="90" rx="2" fill="#f4efe2"/>
      ${arrow(21, 1, '#ffb84d')}${arrow(39, -1, '#ff7d6b')}${arrow(57, 1, '#8be0c6')}</g>`;
};
