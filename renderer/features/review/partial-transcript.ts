import type { ConversationView } from "../../../app/contract/views.ts";

/** Whether a view shows what has been heard so far, in place of a transcript that is not there yet. Such words are no ground for a correction. */
export function isHeardSoFar(view: ConversationView): boolean {
  const [first] = view.partial?.turns ?? [];
  return first !== undefined && view.conversation.turns[0] === first;
}

/**
 * The view with what has been heard so far in its transcript: the turns that are known, and after them those of which it
 * is only known that somebody speaks. The view itself where there is a transcript with words, or nothing is being heard.
 */
export function withPartial(view: ConversationView): ConversationView {
  const { partial, conversation } = view;
  if (partial === null || conversation.turns.some((turn) => turn.text !== "")) return view;
  const later = conversation.turns
    .filter((turn) => turn.startMs >= partial.untilMs)
    // Their numbers are of another count than those of the turns with words.
    .map((turn) => ({ ...turn, id: `later-${turn.id}` }));
  const participants = conversation.participants.length > 0 ? conversation.participants : partial.participants;
  return { ...view, conversation: { ...conversation, participants, turns: [...partial.turns, ...later] } };
}
