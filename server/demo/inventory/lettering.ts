/**
 * Capitals as single strokes, so that the demo images look the same on machines that have no fonts. Each glyph is
 * 100 units high, and `width` wide.
 */
const glyphs: Readonly<Record<string, readonly [width: number, path: string]>> = {
  A: [72, 'M0 100 L36 0 L72 100 M14 64 H58'],
  B: [58, 'M0 0 V100 H32 A26.5 26.5 0 0 0 32 47 H0 M0 0 H28 A23.5 23.5 0 0 1 28 47'],
  C: [72, 'M72 20 A43 50 0 1 0 72 80'],
  D: [72, 'M0 0 V100 H24 C56 100 72 78 72 50 C72 22 56 0 24 0 Z'],
  E: [52, 'M52 0 H0 V100 H52 M0 48 H44'],
  F: [52, 'M52 0 H0 V100 M0 48 H44'],
  G: [76, 'M72 20 A43 50 0 1 0 76 74 V54 H48'],
  H: [62, 'M0 0 V100 M62 0 V100 M0 48 H62'],
  I: [0, 'M0 0 V100'],
  K: [60, 'M0 0 V100 M56 0 L0 60 M20 40 L60 100'],
  L: [48, 'M0 0 V100 H48'],
  M: [82, 'M0 100 V0 L41 64 L82 0 V100'],
  N: [64, 'M0 100 V0 L64 100 V0'],
  O: [82, 'M41 0 A41 50 0 1 0 41 100 A41 50 0 1 0 41 0 Z'],
  P: [58, 'M0 100 V0 H31 A27 27 0 0 1 31 54 H0'],
  R: [60, 'M0 100 V0 H31 A27 27 0 0 1 31 54 H0 M28 54 L60 100'],
  S: [58, 'M55 18 C47 -8 2 -6 3 26 C4 56 58 42 58 74 C58 108 5 108 0 80'],
  T: [68, 'M0 0 H68 M34 0 V100'],
  U: [64, 'M0 0 V66 A32 34 0 0 0 64 66 V0'],
  V: [70, 'M0 0 L35 100 L70 0'],
  W: [100, 'M0 0 L25 100 L50 14 L75 100 L100 0'],
  X: [64, 'M0 0 L64 100 M64 0 L0 100'],
  Y: [70, 'M0 0 L35 50 L70 0 M35 50 V100'],
  Z: [62, 'M0 0 H62 L0 100 H62'],
  ' ': [34, ''],
  '-': [40, 'M0 52 H40'],
  '.': [0, 'M0 98 V100'],
  台: [92, 'M42 2 L16 42 L74 37 M60 20 L82 50 M22 58 H72 V98 H22 Z'],
  北: [
    96,
    'M36 4 V98 M6 36 H36 M4 84 L36 66 M60 4 V84 C60 94 64 96 72 96 H84 C92 96 94 92 94 78 M88 28 L60 50',
  ],
};
const spacing = 24;

interface Lettering {
  readonly text: string;
  readonly x: number;
  /** Of the base line. */
  readonly y: number;
  /** Of a capital, in pixels. */
  readonly size: number;
  readonly color: string;
  /** Of the stroke, in hundredths of the size. Default 11. */
  readonly weight?: number;
  /** What `x` is. Default: the left end. */
  readonly anchor?: 'start' | 'middle';
}

/** Width of a text in pixels, with capitals of `size` pixels. */
export function letteringWidth(text: string, size: number): number {
  const units = [...text].reduce((sum, letter) => sum + glyph(letter)[0] + spacing, -spacing);
  return (units * size) / 100;
}

/** SVG of a text. */
export function lettering({ text, x, y, size, color, weight = 11, anchor = 'start' }: Lettering): string {
  const left = anchor === 'start' ? x : x - letteringWidth(text, size) / 2;
  let offset = 0;
  const paths = [...text].map((letter) => {
    const [width, path] = glyph(letter);
    const drawn = `<path transform="translate(${offset} 0)" d="${path}"/>`;
    offset += width + spacing;
    return path === '' ? '' : drawn;
  });
  return `<g transform="translate(${left} ${y - size}) scale(${size / 100})" fill="none" stroke="${color}"
    stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g>`;
}

function glyph(letter: string): readonly [width: number, path: string] {
  const found = glyphs[letter];
  if (found === undefined) throw new Error(`No glyph for "${letter}".`);
  return found;
}
