/** Milliseconds as `hh:mm:ss.mmm`, with a sign of your choice before the milliseconds; hours grow as long as they must. */
export function clockTime(ms: number, decimalSign = "."): string {
  return `${wholeClockTime(ms)}${decimalSign}${String(ms % 1_000).padStart(3, "0")}`;
}

/** Milliseconds as `hh:mm:ss`, rounded down as a clock does. */
export function wholeClockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
