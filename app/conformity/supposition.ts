import type { Conversation, Participant, Role, Span, Turn } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";
import { type AnswerValue, sameValue } from "./answer-value.ts";
import { hasDoubtfulSpeaker, roleOfTurn, whose } from "./evidence.ts";
import type { Form } from "./form.ts";
import { questionsOf } from "./form-questions.ts";
import { type AnsweringInput, createAnswerer } from "./rule.ts";

/*
 * What would follow were doubtful turns another's. The rules are asked again about the conversation as it would be then: an answer
 * that stays the same does not hang on who said it, and one that changes says what the score would be. This tells more than any
 * estimate could, and is as deterministic as the rules.
 */

/** Turns that stand together and whose speaker is in doubt. */
export interface DoubtfulTurns {
  /** Counted from 1. */
  readonly first: number;
  readonly last: number;
  readonly turns: readonly Turn[];
  /** Whose they would be: "the customer's". */
  readonly other: Role;
  /** 1 less the least confidence in a speaker among them. */
  readonly doubt: number;
}

/** Turns whose speaker is in doubt, those of one speaker together with at most one turn of another in between. */
export function doubtfulTurns(conversation: Pick<Conversation, "participants" | "turns">): DoubtfulTurns[] {
  const stretches: { participantId: string; indices: number[] }[] = [];
  for (const [index, turn] of conversation.turns.entries()) {
    if (!hasDoubtfulSpeaker(turn)) continue;
    const open = stretches.findLast(({ participantId }) => participantId === turn.participantId);
    if (open !== undefined && index - (open.indices.at(-1) ?? 0) <= 2) open.indices.push(index);
    else stretches.push({ participantId: turn.participantId, indices: [index] });
  }
  return stretches.map(({ indices }) => {
    const turns = indices.flatMap((index) => conversation.turns[index] ?? []);
    const [head] = turns;
    return {
      first: (indices[0] ?? 0) + 1,
      last: (indices.at(-1) ?? 0) + 1,
      turns,
      other: head === undefined ? "other" : otherRole(roleOfTurn(conversation, head)),
      doubt: turns.reduce((most, { speakerConfidence }) => Math.max(most, 1 - (speakerConfidence ?? 1)), 0),
    };
  });
}

/** Turns as what would have to be so: "turns 14 to 16 are the customer's". */
export function supposingText({ first, last, other }: Pick<DoubtfulTurns, "first" | "last" | "other">): string {
  return `${first === last ? `turn ${first} is` : `turns ${first} to ${last} are`} ${whose([other])}`;
}

/** Who speaks when it is not this one. */
export function otherRole(role: Role): Role {
  switch (role) {
    case "agent":
      return "customer";
    case "customer":
    case "bot":
    case "ivr":
      return "agent";
    case "other":
      return "other";
  }
}

/** What rules would answer if doubtful turns were another's. */
export interface WhatIf {
  /** For people: "turns 14 to 16 are the customer's". */
  readonly supposing: string;
  /** For people: "turns 14 to 16 may be the customer's". */
  readonly text: string;
  /** 0 to 1. */
  readonly doubt: number;
  /** What to hear to know. */
  readonly spans: readonly Span[];
  /** The rules' answers that would be otherwise, by question; null where a rule would leave it to a person. */
  readonly changes: ReadonlyMap<string, AnswerValue | null>;
}

/** Most suppositions that are followed up, the most doubtful ones. */
export const mostSuppositions = 8;
/** Words that the rules are asked about again, all suppositions together: a call of hours follows up fewer, and takes no longer. */
export const mostWordsAgain = 80_000;

/**
 * Asks the rules of a form again for each stretch of doubtful turns. Those that change no answer are left out.
 *
 * @param ask the rules as they answer now, where they have been prepared already.
 */
export function whatIfs(
  form: Form,
  input: AnsweringInput,
  ask: ReturnType<typeof createAnswerer> = createAnswerer(input),
): WhatIf[] {
  const doubtfuls = doubtfulTurns(input.conversation);
  if (doubtfuls.length === 0) return [];
  const words = input.conversation.turns.reduce((sum, turn) => sum + turn.words.length, 0);
  const most = Math.max(1, Math.min(mostSuppositions, Math.floor(mostWordsAgain / Math.max(1, words))));
  const questions = questionsOf(form).map(({ question }) => question);
  const now = new Map(
    questions.flatMap((question) => {
      const answer = ask(question);
      return answer === null ? [] : [[question.id, answer.value] as const];
    }),
  );
  return doubtfuls
    .sort((a, b) => b.doubt - a.doubt || a.first - b.first)
    .slice(0, most)
    .flatMap((doubtful): WhatIf[] => {
      const conversation = givenToOther(input.conversation, doubtful);
      if (conversation === null) return [];
      const askThen = createAnswerer({ ...input, conversation });
      const changes = new Map(
        questions.flatMap((question) => {
          const before = now.get(question.id);
          if (before === undefined) return [];
          const then = askThen(question)?.value ?? null;
          return sameValue(before, then) ? [] : [[question.id, then] as const];
        }),
      );
      if (changes.size === 0) return [];
      const supposing = supposingText(doubtful);
      const spans = doubtful.turns.map(({ startMs, endMs }) => ({ startMs, endMs }));
      return [{ supposing, text: supposing.replace(/ (is|are) /u, " may be "), doubt: doubtful.doubt, spans, changes }];
    })
    .sort((a, b) => (a.spans[0]?.startMs ?? 0) - (b.spans[0]?.startMs ?? 0));
}

/** The conversation with turns given to whoever speaks most in the other role; null where there is nobody. */
function givenToOther(conversation: Conversation, { turns, other }: DoubtfulTurns): Conversation | null {
  const count = ({ id }: Participant): number => conversation.turns.filter(({ participantId }) => participantId === id).length;
  const [heir] = conversation.participants.filter(({ role }) => role === other).sort((a, b) => count(b) - count(a));
  if (heir === undefined) return null;
  const ids = new Set(turns.map(({ id }) => id));
  const revised = conversation.turns.map((turn) => (ids.has(turn.id) ? { ...turn, participantId: heir.id } : turn));
  const measures = measure(conversation.durationMs, conversation.participants, revised);
  return { ...conversation, turns: revised, measures };
}
