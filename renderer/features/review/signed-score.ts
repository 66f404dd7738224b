/** A score with its sign: a typographic minus, and one place behind the point. */
export function signed(score: number): string {
  const rounded = Math.round(score * 10) / 10;
  return rounded === 0 ? "0.0" : `${rounded > 0 ? "+" : "−"}${Math.abs(rounded).toFixed(1)}`;
}

/** A level in decibels, whole, with a typographic minus. */
export function decibels(level: number): string {
  const rounded = Math.round(level);
  return `${rounded < 0 ? "−" : ""}${Math.abs(rounded)}`;
}
