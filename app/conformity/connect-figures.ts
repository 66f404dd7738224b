import type { Role } from "../conversation/conversation.ts";
import type { FigureName } from "./figures.ts";

/** Connect's labels of numbers it can answer, with the figure of ours that says the same. Durations are in seconds in both. */
const labels: readonly (readonly [string, FigureName, Role | null])[] = [
  ["OVERALL_CUSTOMER_SENTIMENT_SCORE", "sentiment", "customer"],
  ["OVERALL_AGENT_SENTIMENT_SCORE", "sentiment", "agent"],
  ["NON_TALK_TIME_PERCENTAGE", "nonTalkShare", null],
  ["NUMBER_OF_INTERRUPTIONS", "interruptions", null],
  ["CONTACT_DURATION", "duration", null],
  ["CUSTOMER_HOLD_TIME", "holdTime", null],
  ["LONGEST_HOLD_DURATION", "longestHold", null],
  ["NUMBER_OF_HOLDS", "holds", null],
];

/** The figure that a label of Connect names; null where we have none. */
export function figureOfLabel(label: string): { readonly figure: FigureName; readonly by: Role | null } | null {
  const found = labels.find(([name]) => name === label);
  return found === undefined ? null : { figure: found[1], by: found[2] };
}

/** Connect's label of a figure; null where it has none. */
export function labelOfFigure(figure: FigureName, by: Role | null): string | null {
  return labels.find(([, name, role]) => name === figure && role === by)?.[0] ?? null;
}
