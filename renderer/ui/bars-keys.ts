import type { KeyboardEvent } from "react";

/**
 * Steps through a row of bars that is one stop for Tab: the arrows go from bar to bar, Home and End to the first and last. The bars
 * are the children of whatever hears the key, in order.
 *
 * @returns the bar that has the focus now; null where the key was none of these, or there is no further bar.
 */
export function stepThroughBars(event: KeyboardEvent<HTMLElement>, chosen: number, count: number): number | null {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const to = event.key === "Home" ? 0 : event.key === "End" ? count - 1 : step === undefined ? null : chosen + step;
  if (to === null || to < 0 || to >= count) return null;
  event.preventDefault();
  event.stopPropagation();
  const button = event.currentTarget.children[to];
  if (button instanceof HTMLElement) button.focus();
  return to;
}
