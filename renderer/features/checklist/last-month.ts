/** The month before a day, as its first and last day ("2026-10-01", "2026-10-31"), by the clock of this machine. */
export function lastMonth(now: Date): { readonly from: string; readonly to: string } {
  // Noon UTC: no time zone moves the day.
  const day = (date: number): string =>
    new Date(Date.UTC(now.getFullYear(), now.getMonth() - 1, date, 12)).toISOString().slice(0, 10);
  const days = new Date(now.getFullYear(), now.getMonth(), 0).getDate();
  return { from: day(1), to: day(days) };
}
