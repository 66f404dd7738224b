/** A level in decibels, whole, with a typographic minus. */
export function decibels(level: number): string {
  const rounded = Math.round(level);
  return `${rounded < 0 ? "−" : ""}${Math.abs(rounded)}`;
}
