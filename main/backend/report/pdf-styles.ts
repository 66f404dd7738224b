import type { TextStyle } from "./pdf-lines.ts";

/** How the pieces of a report are set; sizes in points. */
export const styles = {
  title: { size: 19, bold: true },
  lead: { size: 11 },
  heading1: { size: 13.5, bold: true },
  heading2: { size: 11, bold: true },
  heading3: { size: 9.5, bold: true },
  plain: { size: 9 },
  strong: { size: 9, bold: true },
  quiet: { size: 8.5 },
  small: { size: 8 },
  smallBold: { size: 8, bold: true },
} as const satisfies Record<string, TextStyle>;
