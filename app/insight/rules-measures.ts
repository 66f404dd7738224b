import type { Conversation, Role, Span } from "../conversation/conversation.ts";
import { complement, speechOf, union } from "../conversation/measures.ts";
import type { MeasureName } from "./rules.ts";

/** A figure that a rule compared: times in milliseconds, shares from 0 to 1. */
export interface Figure {
  readonly name: MeasureName;
  readonly role: Role | null;
  readonly value: number;
}

/** Every stretch of a call in which nobody speaks, however short, in order. */
export function silencesOf({ durationMs, turns }: Pick<Conversation, "durationMs" | "turns">): Span[] {
  const speech = turns.flatMap((turn) => speechOf(turn, durationMs)).sort((a, b) => a.startMs - b.startMs);
  return complement(union(speech), durationMs);
}

/** A figure of a conversation, of everybody or of a role; null where it has none. */
export function measureOf(conversation: Conversation, name: MeasureName, role: Role | null): Figure | null {
  const value = figureOf(conversation, name, role);
  return value === null ? null : { name, role, value };
}

const ofSound: ReadonlySet<MeasureName> = new Set([
  "talkShare",
  "talkTime",
  "wordsPerMinute",
  "longestTurn",
  "interruptions",
  "silences",
  "longestSilence",
  "nonTalkShare",
  "overlap",
]);

function figureOf(conversation: Conversation, name: MeasureName, role: Role | null): number | null {
  const { kind, durationMs, participants, measures, turns } = conversation;
  if (turns.length === 0 || (kind === "chat" && ofSound.has(name))) return null;
  const ids = new Set(participants.filter((one) => role === null || one.role === role).map(({ id }) => id));
  if (role !== null && ids.size === 0) return null;
  const own = measures.participants.filter(({ participantId }) => ids.has(participantId));
  const sum = (pick: (one: (typeof own)[number]) => number): number => own.reduce((total, one) => total + pick(one), 0);
  switch (name) {
    case "duration":
      return durationMs;
    case "turns":
      return sum((one) => one.turns);
    case "words":
      return sum((one) => one.words);
    case "talkShare":
      return sum((one) => one.talkShare);
    case "talkTime":
      return sum((one) => one.talkMs);
    case "wordsPerMinute": {
      const talkMs = sum((one) => one.talkMs);
      const words = sum((one) => one.words);
      return talkMs === 0 || words === 0 ? null : (words * 60_000) / talkMs;
    }
    case "longestTurn":
      return own.reduce((most, one) => Math.max(most, one.longestTurnMs), 0);
    case "interruptions":
      return sum((one) => one.interruptions);
    case "silences":
      return measures.silences.length;
    case "longestSilence":
      return measures.longestSilenceMs;
    case "nonTalkShare":
      return durationMs === 0 ? null : measures.nonTalkMs / durationMs;
    case "overlap":
      return measures.overlapMs;
    case "longestWaitForReply":
      return longestWait(conversation, role ?? "agent");
  }
}

/** The longest time for which a customer's unanswered turn waited for the role's next one; null where none was answered. */
function longestWait({ participants, turns }: Conversation, role: Role): number | null {
  const roles = new Map(participants.map((one) => [one.id, one.role]));
  let since: number | null = null;
  let longest: number | null = null;
  for (const turn of turns) {
    const whose = roles.get(turn.participantId);
    if (whose === role) {
      if (since !== null) longest = Math.max(longest ?? 0, turn.startMs - since);
      since = null;
    } else if (whose === "customer") since ??= turn.endMs;
  }
  return longest;
}
