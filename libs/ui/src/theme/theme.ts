import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Primary colour: 6 is the button and link of the light scheme, 5 the button and 3 the link of the dark one. */
const brand: MantineColorsTuple = [
  '#eaf2fd',
  '#cfe1f8',
  '#a4c7f2',
  '#7ab8ff',
  '#4a8fe6',
  '#1f6fd6',
  '#1257b8',
  '#0f4a9c',
  '#0b3c80',
  '#082f66',
];
const danger: MantineColorsTuple = [
  '#fdeaea',
  '#fad0cd',
  '#f3a29d',
  '#ec746c',
  '#dd4d43',
  '#c0362c',
  '#b42318',
  '#961c13',
  '#78160f',
  '#5c100b',
];

export const theme = createTheme({
  colors: { brand, danger },
  primaryColor: 'brand',
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: 6,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "PingFang TC", "Microsoft YaHei", "Microsoft JhengHei", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '24px' }, h2: { fontSize: '20px' }, h3: { fontSize: '16px' } },
  },
  // Its lock of the scroll bar is a style element without the nonce of the page's Content-Security-Policy.
  components: { Modal: { defaultProps: { lockScroll: false } } },
  focusRing: 'auto',
  respectReducedMotion: true,
});

/** The colour roles of both schemes; every pair of text and ground keeps 4.5:1, borders of controls 3:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1f2933',
    '--mantine-color-dimmed': '#52606d',
    '--mantine-color-placeholder': '#66727f',
    '--mantine-color-anchor': '#1257b8',
    '--mantine-color-default-border': '#7b8794',
    '--mantine-color-error': '#a61b1b',
    '--tg-surface': '#f6f8fa',
    '--tg-line': '#d9dfe5',
    '--tg-focus': '#1257b8',
    '--tg-star': '#b25000',
  },
  dark: {
    '--mantine-color-body': '#16191d',
    '--mantine-color-text': '#e4e7eb',
    '--mantine-color-dimmed': '#a3adb8',
    '--mantine-color-placeholder': '#8d98a4',
    '--mantine-color-anchor': '#7ab8ff',
    '--mantine-color-default': '#1f242a',
    '--mantine-color-default-hover': '#272d34',
    '--mantine-color-default-border': '#6b7681',
    '--mantine-color-error': '#ff9a9a',
    '--tg-surface': '#1f242a',
    '--tg-line': '#343b43',
    '--tg-focus': '#7ab8ff',
    '--tg-star': '#e69f00',
  },
});
