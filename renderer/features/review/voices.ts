import type { Participant, Role } from "../../../app/conversation/conversation.ts";
import { voiceHues } from "../../theme/hues.ts";

/** A participant as shown. */
export interface Voice {
  readonly id: string;
  /** The name to show: the person's, else the role, numbered where several have it. */
  readonly name: string;
  /** The role beside a person's name; null where the name is the role already. */
  readonly role: string | null;
  readonly hue: number;
  readonly participant: Participant;
}

/**
 * How each participant is called and coloured. `label` gives the word for a role; `together` the name of voices that were
 * not told apart and so stand as one participant, null where they were.
 */
export function voicesOf(
  participants: readonly Participant[],
  label: (role: Role) => string,
  together: string | null = null,
): ReadonlyMap<string, Voice> {
  const hues = voiceHues(participants);
  const voices = new Map<string, Voice>();
  const counted = new Map<Role, number>();
  for (const participant of participants) {
    const { id, name, role } = participant;
    const sameRole = participants.filter((each) => each.role === role && each.name === null).length;
    const number = (counted.get(role) ?? 0) + (name === null ? 1 : 0);
    counted.set(role, number);
    const called = together ?? (sameRole > 1 || role === "other" ? `${label(role)} ${number}` : label(role));
    voices.set(id, { id, name: name ?? called, role: name === null ? null : label(role), hue: hues.get(id) ?? 0, participant });
  }
  return voices;
}
