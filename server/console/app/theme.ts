import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const pine: MantineColorsTuple = [
  '#effaf8',
  '#d8f1ed',
  '#aee3db',
  '#7fd2c7',
  '#4fbdb0',
  '#2ba396',
  '#17887d',
  '#0f766e',
  '#115e59',
  '#0f4a46',
];

/** From text to background, as Mantine wants it. */
const dark: MantineColorsTuple = [
  '#dfe4e8',
  '#c3cad1',
  '#a4adb6',
  '#76808b',
  '#4a535d',
  '#343b44',
  '#272d34',
  '#1b2026',
  '#15191e',
  '#101317',
];

const fonts = [
  'Inter',
  'ui-sans-serif',
  'system-ui',
  '-apple-system',
  '"Segoe UI"',
  'Roboto',
  '"Noto Sans"',
  '"PingFang TC"',
  '"Microsoft JhengHei"',
  '"Noto Sans CJK TC"',
  '"Noto Sans TC"',
  'sans-serif',
].join(', ');

export const theme = createTheme({
  colors: { pine, dark },
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  fontFamily: fonts,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontFamily: fonts,
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.55rem', lineHeight: '1.25' },
      h2: { fontSize: '1.05rem', lineHeight: '1.35' },
      h3: { fontSize: '0.95rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Nearly every field is needed: the few that are not say so.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    Paper: { defaultProps: { withBorder: true, radius: 'lg' } },
    Modal: {
      defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.45, blur: 2 } },
    },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** Mantine's own are below the contrast of 4.5 that small text needs. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--signpost-ground': '#f6f7f8',
    '--signpost-line': '#e4e7ea',
    '--signpost-side': '#fbfbfc',
    '--signpost-hover': '#eef1f2',
    '--signpost-chosen': '#e2f3f0',
    '--signpost-chosen-text': '#115e59',
    '--mantine-color-text': '#1a2127',
    '--mantine-color-dimmed': '#59636d',
    '--mantine-color-placeholder': '#68727c',
    '--mantine-color-error': '#c02626',
    '--mantine-color-anchor': '#0f766e',
    '--mantine-color-default-border': '#d9dee2',
  },
  dark: {
    '--mantine-color-body': '#1b2026',
    '--signpost-ground': '#14181c',
    '--signpost-line': '#2b323a',
    '--signpost-side': '#171b20',
    '--signpost-hover': '#232930',
    '--signpost-chosen': '#173632',
    '--signpost-chosen-text': '#8fe0d5',
    '--mantine-color-text': '#dfe4e8',
    '--mantine-color-dimmed': '#a4adb6',
    '--mantine-color-placeholder': '#929ca6',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-anchor': '#6fd3c6',
    '--mantine-color-default-border': '#343b44',
  },
});
