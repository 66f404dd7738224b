import type { Participant } from "../../app/conversation/conversation.ts";

/** Number of hues in `base.css`; a seventh voice takes the first hue again. */
export const hueCount = 6;

/**
 * The hue of each participant: the first agent and the first customer always have the same two, so that a reviewer
 * knows them from call to call; the others take what is left, in order.
 */
export function voiceHues(participants: readonly Pick<Participant, "id" | "role">[]): ReadonlyMap<string, number> {
  const hues = new Map<string, number>();
  const agent = participants.find((each) => each.role === "agent");
  const customer = participants.find((each) => each.role === "customer");
  if (agent !== undefined) hues.set(agent.id, 0);
  if (customer !== undefined) hues.set(customer.id, 1);
  const taken = new Set(hues.values());
  const free = Array.from({ length: hueCount }, (_, hue) => hue).filter(
    (hue) => !taken.has(hue) || participants.length > hueCount,
  );
  let next = 0;
  for (const { id } of participants) {
    if (hues.has(id)) continue;
    hues.set(id, free[next % free.length] ?? 0);
    next += 1;
  }
  return hues;
}

/** The value of a colour variable of `base.css` as it is now, for canvases, which cannot read variables. */
export function colour(variable: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
