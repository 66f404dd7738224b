/** Where each conversation stands on the line, in percent from the left: by time, and never so close that two lie on each other. */
export function laneStarts(startedAt: readonly (string | null)[]): number[] {
  const count = startedAt.length;
  if (count <= 1) return startedAt.map(() => 0);
  // Half by time and half by order: a month of silence leaves room for the hour in which all happened.
  const times = startedAt.map((at) => (at === null ? null : Date.parse(at)));
  const known = times.filter((at) => at !== null);
  const [first, last] = [Math.min(...known), Math.max(...known)];
  return times.map((at, index) => {
    const byOrder = index / (count - 1);
    const byTime = at === null || last <= first ? byOrder : (at - first) / (last - first);
    return Math.round((0.5 * byTime + 0.5 * byOrder) * 9_200) / 100;
  });
}
