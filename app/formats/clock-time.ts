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

/** `1:02:03.5`, `02:03` or `00:00:02,500` in milliseconds; null for anything else. */
export function clockMs(text: string | null | undefined): number | null {
  const found = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[,.](\d{1,3}))?$/u.exec(text?.trim() ?? "");
  if (found === null) return null;
  const [hours, minutes, seconds] = [1, 2, 3].map((part) => Number(found[part] ?? 0)) as [number, number, number];
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + Number((found[4] ?? "0").padEnd(3, "0"));
}
