import type { Conversation } from "../conversation/conversation.ts";
import type { Rule } from "./rules.ts";
import { createEvaluator, type RulePlace } from "./rules-evaluate.ts";

/*
 * Issues, actions and outcomes: sentences in which a customer says what is wrong or wanted, an agent says what will be done,
 * and somebody says what has been. Found by cues, in English alone; a sentence without a cue is missed, and one that has a
 * cue and means something else is found all the same. The cues are rules of the language of categories.
 */

/** What a sentence tells. */
export const spanKinds = ["issue", "action", "outcome"] as const;
/** What a sentence tells. */
export type SpanKind = (typeof spanKinds)[number];

/** A sentence that tells of an issue, an action or an outcome. */
export interface TellingSpan extends RulePlace {
  readonly kind: SpanKind;
}

/** Sentences that are kept of each kind, the first ones. */
export const mostSpans = 20;

const cues: Readonly<Record<SpanKind, Rule>> = {
  issue: {
    any: [
      {
        said: [
          "I have a problem", "there is a problem", "there is an issue", "problem with", "issue with", "trouble with", "is not working",
          "does not work", "did not work", "not working", "stopped working", "will not let me", "I can not", "I could not", "unable to",
          "was charged", "been charged", "overcharged", "I never received", "have not received", "did not receive", "has not arrived",
          "did not arrive", "I lost", "is lost", "was stolen", "is broken", "is wrong", "is missing", "was cancelled", "I am calling about",
          "I am calling because", "I am calling to", "I am trying to", "hoping to get", "I would like to cancel", "I want to cancel",
          "I need to cancel", "I want a refund", "too high", "higher than", "double charged", "keeps dropping", "keeps cutting", "still says",
        ],
        by: "customer",
      },
      { pattern: "\\b(bill|internet|line|phone|card|account|app|order|delivery|payment|flight) (has|is|was|keeps|went|does|did)\\b", by: "customer", in: { first: "50%" } },
    ],
  },
  action: {
    said: [
      "I will send", "I will email", "I will call you", "I will check", "I will arrange", "I will raise", "I will make sure", "I will book",
      "I will refund", "I will cancel", "I will go ahead", "I will get this", "I will get that", "I will pass", "I will escalate", "I will credit",
      "I will order", "I will update", "I will do that", "I will have", "we will send", "we will call", "we will refund", "we will email",
      "we will be in touch", "I am going to send", "I am going to", "we are going to send", "let me arrange", "let me raise", "let me book",
      "an engineer will", "a technician will", "a colleague will", "somebody will call", "someone will call", "you will receive", "you will get",
    ],
    by: "agent",
  },
  outcome: {
    said: [
      "I have cancelled", "I have canceled", "I have refunded", "I have updated", "I have booked", "I have sent", "I have emailed",
      "I have credited", "I have ordered", "I have arranged", "I have changed", "I have removed", "we have got that", "has been cancelled",
      "has been canceled", "has been refunded", "has been updated", "has been booked", "has been fixed", "has been resolved", "has been sent",
      "have been booked", "is now working", "is working now", "that is fixed", "is resolved", "payment has gone through", "you are booked",
      "you are confirmed", "is confirmed", "all sorted", "that is done", "is in our system", "rebooked you",
    ],
  },
}; // biome-ignore format: cues in lines

/** The sentences of a conversation that tell of issues, actions and outcomes, in order; none for another language than English. */
export function tellingSpans(conversation: Conversation): TellingSpan[] {
  if (conversation.language !== null && !/^en\b/iu.test(conversation.language)) return [];
  const evaluate = createEvaluator({ conversation, sentiments: null });
  return spanKinds
    .flatMap((kind) => {
      const seen = new Set<string>();
      const spans: TellingSpan[] = [];
      for (const place of evaluate(cues[kind]).places) {
        const sentence = sentenceAt(conversation, place);
        const key = `${sentence.turnId} ${sentence.wordIds[0] ?? ""} ${sentence.chars?.from ?? ""}`;
        if (seen.has(key) || spans.length >= mostSpans) continue;
        seen.add(key);
        spans.push({ ...sentence, kind });
      }
      return spans;
    })
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

const ends = /[.?!…]["”’)]?$/u;

/** The sentence that a place stands in, within its turn. */
function sentenceAt({ turns }: Conversation, place: RulePlace): RulePlace {
  const turn = turns.find(({ id }) => id === place.turnId);
  if (turn === undefined) return place;
  if (place.chars !== null) {
    const before = turn.text.slice(0, place.chars.from);
    const from = Math.max(...[...before.matchAll(/[.?!…]\s+/gu)].map((match) => match.index + match[0].length), 0);
    const after = /[.?!…](?=\s|$)/u.exec(turn.text.slice(place.chars.to));
    return { ...place, chars: { from, to: after === null ? turn.text.length : place.chars.to + after.index + 1 } };
  }
  let first = turn.words.findIndex(({ id }) => id === place.wordIds[0]);
  let last = turn.words.findLastIndex(({ id }) => place.wordIds.includes(id));
  if (first < 0 || last < 0) return place;
  while (first > 0 && !ends.test(turn.words[first - 1]?.text ?? "")) first -= 1;
  while (last < turn.words.length - 1 && !ends.test(turn.words[last]?.text ?? "")) last += 1;
  const words = turn.words.slice(first, last + 1);
  return {
    turnId: turn.id,
    wordIds: words.map(({ id }) => id),
    chars: null,
    startMs: words[0]?.startMs ?? place.startMs,
    endMs: words.at(-1)?.endMs ?? place.endMs,
  };
}
