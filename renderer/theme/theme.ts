import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e3f6f4",
  "#c6e9e5",
  "#9fd9d3",
  "#74c8bf",
  "#4cb6ab",
  "#2da297",
  "#178c82",
  "#0b726a",
  "#075b55",
  "#044540",
];

/** Where menus and hints are put: inside the main landmark, so that nothing of the page lies outside one. */
export const overlaysId = "overlays";
const overlays = { target: `#${overlaysId}` };

/** Calm and dense: system fonts at 13 to 14 px that grow with the reader's own size, one accent, small corners. */
export const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.125rem" }, h2: { fontSize: "1rem" }, h3: { fontSize: "0.875rem" } },
  },
  colors: { teal },
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: "sm",
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Button: { defaultProps: { size: "xs" }, styles: { label: { fontWeight: 500 } } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", allowDeselect: false, comboboxProps: { portalProps: overlays, keepMounted: false } } },
    NativeSelect: { defaultProps: { size: "xs" } },
    Modal: { styles: { title: { fontWeight: 600 } } },
    Switch: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, portalProps: overlays } },
    Menu: { defaultProps: { shadow: "md", withInitialFocusPlaceholder: false, portalProps: overlays } },
  },
});

/** Gives Mantine's own variables the values of `base.css`, so that there is one place for colours. */
export const variables: CSSVariablesResolver = () => {
  const both = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--quiet)",
    "--mantine-color-placeholder": "var(--quiet)",
    "--mantine-color-error": "var(--danger)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-primary-color-light": "var(--accent-soft)",
    "--mantine-primary-color-light-color": "var(--accent)",
    "--mantine-color-teal-light": "var(--accent-soft)",
    "--mantine-color-teal-light-color": "var(--accent)",
    "--mantine-color-gray-light-color": "var(--text)",
    "--mantine-color-gray-text": "var(--quiet)",
    "--mantine-color-teal-text": "var(--accent)",
    "--mantine-color-red-text": "var(--danger)",
  };
  return { variables: {}, light: both, dark: both };
};
