import { assertNever } from "../assert-never.ts";
import type { Participant, Role } from "../conversation/conversation.ts";

/**
 * What to call each participant, by id: the name where it is known, else the role. Two who would be called the same are
 * numbered, so that no two labels are equal. On one line, without spaces around.
 */
export function speakerLabels(participants: readonly Participant[]): ReadonlyMap<string, string> {
  const wanted = participants.map(({ name, role }) => {
    const known = (name ?? "").replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
    return known === "" ? roleLabel(role) : known;
  });
  const labels = new Map<string, string>();
  const given = new Set<string>();
  for (const [index, { id }] of participants.entries()) {
    const label = wanted[index] ?? "";
    const alone = wanted.filter((other) => other === label).length === 1;
    let number = wanted.slice(0, index).filter((other) => other === label).length + 1;
    let free = alone ? label : `${label} ${number}`;
    // Somebody may really be called "Agent 2".
    while (given.has(free) || (free !== label && wanted.includes(free))) free = `${label} ${++number}`;
    given.add(free);
    labels.set(id, free);
  }
  return labels;
}

/** A role as a transcript writes it. */
export function roleLabel(role: Role): string {
  switch (role) {
    case "agent":
      return "Agent";
    case "customer":
      return "Customer";
    case "bot":
      return "Bot";
    case "ivr":
      return "IVR";
    case "other":
      return "Speaker";
    default:
      return assertNever(role);
  }
}
