import type { Conversation, Role, Turn } from "../conversation/conversation.ts";
import { baseOf, tokensOf } from "./rules-words.ts";

/*
 * A summary without a model: the sentences of the conversation that say most, in their order, as they were said. It invents
 * nothing and explains nothing; every sentence of it is a quote. The same transcript gives the same summary always.
 *
 * The worth of a sentence i is (H. P. Edmundson, "New Methods in Automatic Extracting", JACM 16(2), 1969: cue, location and
 * key words added with weights)
 *
 *   worth(i) = 0.5 centrality(i) + 0.2 place(i) + 0.3 cues(i)
 *
 * centrality: the mean cosine of its word vector (tf · idf, idf = ln((1 + N) / (1 + n)) + 1 over the sentences) with those of
 * the others, over the greatest such mean (degree centrality: G. Erkan and D. Radev, "LexRank", JAIR 22, 2004).
 * place: 1 for the customer's sentences in the first fifth of the conversation (why they got in touch) and for the agent's in
 * the last third (what was agreed), 0.5 for the others of these two stretches, else 0.
 * cues: 1 where it has a phrase by which people say what is wrong, what was done or what will be; 0 elsewhere. English alone.
 *
 * Sentences are then taken one by one by worth(i) less the greatest cosine with one that is taken already (J. Carbonell and
 * J. Goldstein, "The Use of MMR", SIGIR 1998, with λ = 0.5), so that a sentence that says what was said is worth nothing.
 */

/** A sentence of the summary, as it was said. */
export interface SummarySentence {
  readonly turnId: string;
  readonly role: Role;
  /** Empty in a message without words. */
  readonly wordIds: readonly string[];
  /** The characters of a message without words; null elsewhere. */
  readonly chars: { readonly from: number; readonly to: number } | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  /** 0 to 1, by the formula above. */
  readonly worth: number;
}

/** Raised when the same transcript would be summed up otherwise. */
export const summaryVersion = 1;

/** Sentences of fewer compared words say too little alone. */
const shortest = 4;
/** A sentence is cut here where it has no end, as recognised speech often has none. */
const longest = 40;
/** Sentences that are compared with one another; of a longer conversation, those of the most words. */
const mostCompared = 800;

const weights = { centrality: 0.5, place: 0.2, cues: 0.3 } as const;

const cues =
  /\b(?:i am calling (?:about|because|to)|i(?:'m| am) (?:trying|looking|hoping) to|i (?:want|need|would like) to|(?:have|has|there is|there's) (?:a |an )?(?:problem|issue|question)|not working|does not work|stopped working|i was charged|never (?:received|arrived)|i (?:have|'ve) (?:cancelled|canceled|refunded|updated|booked|sent|ordered|arranged|changed)|has been (?:cancelled|canceled|refunded|updated|booked|fixed|resolved|sent)|(?:i|we)(?:'ll| will) (?:send|email|call|check|arrange|raise|book|refund|cancel|credit|order|update|make sure)|you(?:'ll| will) (?:receive|get|have)|within (?:\w+ )?(?:hours?|days?|weeks?)|by (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|the end of)|the reason|because|refund|complain(?:t)?|cancel(?:lation)?)\b/iu;

/** Words that every conversation has; what is left tells what it is about. */
const common = new Set(
  "a an and are as at be been but by can could did do does for from get go had has have he her his how i if in is it its just know let like may me more my no not now of off ok okay on one or our out please right she so some thank thanks that the their them then there they this to too up us very was we well were what when where which who why will with would yeah yes you your sure hi hello good morning afternoon evening bye goodbye oh".split(
    " ",
  ),
);

interface Sentence extends Omit<SummarySentence, "worth"> {
  readonly vector: ReadonlyMap<string, number>;
  readonly length: number;
}

/**
 * The sentences that sum a conversation up, in the order in which they were said; fewer where there are not as many, none
 * where nothing was said. The transcript has to be redacted.
 *
 * @param most sentences, by default 5.
 */
export function extractSummary(
  conversation: Pick<Conversation, "turns" | "participants" | "durationMs">,
  most = 5,
): SummarySentence[] {
  const roles = new Map(conversation.participants.map(({ id, role }) => [id, role]));
  const cut = conversation.turns.flatMap((turn) => sentencesOf(turn, roles.get(turn.participantId) ?? "other"));
  const counted = cut.filter((one) => one.tokens.length >= shortest);
  const kept =
    counted.length <= mostCompared
      ? counted
      : new Set([...counted].sort((a, b) => b.tokens.length - a.tokens.length || a.startMs - b.startMs).slice(0, mostCompared));
  const raw = counted.filter((one) => !(kept instanceof Set) || kept.has(one));
  const within = new Map<string, number>();
  for (const { tokens } of raw) for (const token of new Set(tokens)) within.set(token, (within.get(token) ?? 0) + 1);
  const sentences = raw.map(({ tokens, ...rest }): Sentence => {
    const vector = new Map<string, number>();
    for (const token of tokens) {
      const idf = Math.log((1 + raw.length) / (1 + (within.get(token) ?? 0))) + 1;
      vector.set(token, (vector.get(token) ?? 0) + idf);
    }
    return { ...rest, vector, length: Math.hypot(...vector.values()) };
  });

  const means = sentences.map((one) => sentences.reduce((sum, other) => sum + (one === other ? 0 : cosine(one, other)), 0));
  const greatest = Math.max(...means, Number.EPSILON);
  const open = sentences.map((sentence, index) => ({
    sentence,
    worth:
      weights.centrality * ((means[index] ?? 0) / greatest) +
      weights.place * placeOf(sentence, conversation.durationMs) +
      weights.cues * (cues.test(sentence.text) ? 1 : 0),
  }));
  const taken: typeof open = [];
  while (taken.length < most && open.length > 0) {
    let best = 0;
    let bestWorth = -Infinity;
    for (const [index, { sentence, worth }] of open.entries()) {
      const again = Math.max(0, ...taken.map((one) => cosine(one.sentence, sentence)));
      const left = worth - again;
      if (left > bestWorth) [best, bestWorth] = [index, left];
    }
    // What has no worth of its own, or says what was said, adds nothing.
    if (bestWorth <= 0) break;
    taken.push(...open.splice(best, 1));
  }
  return taken
    .sort((a, b) => a.sentence.startMs - b.sentence.startMs || (a.sentence.chars?.from ?? 0) - (b.sentence.chars?.from ?? 0))
    .map(({ sentence: { vector: _, length: __, ...rest }, worth }) => ({ ...rest, worth: Math.round(worth * 1_000) / 1_000 }));
}

function cosine(one: Sentence, other: Sentence): number {
  const [small, large] = one.vector.size <= other.vector.size ? [one, other] : [other, one];
  let product = 0;
  for (const [token, value] of small.vector) product += value * (large.vector.get(token) ?? 0);
  return product === 0 ? 0 : product / (one.length * other.length);
}

function placeOf({ role, startMs }: Sentence, durationMs: number): number {
  const share = durationMs === 0 ? 0 : startMs / durationMs;
  if (share < 1 / 5) return role === "customer" ? 1 : 0.5;
  if (share >= 2 / 3) return role === "agent" ? 1 : 0.5;
  return 0;
}

type Cut = Omit<SummarySentence, "worth"> & { readonly tokens: readonly string[] };

function sentencesOf(turn: Turn, role: Role): Cut[] {
  const { id: turnId } = turn;
  const plain = (text: string): string[] =>
    tokensOf(text.replaceAll(/\[[^[\]\n]{1,80}\]/gu, " "))
      .map((token) => baseOf(token.text))
      .filter((token) => !common.has(token) && token.length > 1);
  if (turn.words.length === 0) {
    return [...turn.text.matchAll(/[^.!?。！？\n]+[.!?。！？]*/gu)].flatMap((match): Cut[] => {
      const text = match[0].trim();
      if (text === "") return [];
      const from = match.index + match[0].indexOf(text);
      const chars = { from, to: from + text.length };
      return [{ turnId, role, wordIds: [], chars, startMs: turn.startMs, endMs: turn.endMs, text, tokens: plain(text) }];
    });
  }
  const found: Cut[] = [];
  let begun = 0;
  for (let at = 0; at < turn.words.length; at++) {
    const word = turn.words[at];
    const isLast = at === turn.words.length - 1;
    if (word === undefined || (!isLast && !/[.!?。！？]["'»”)]*$/u.test(word.text) && at - begun + 1 < longest)) continue;
    const words = turn.words.slice(begun, at + 1);
    const text = words
      .map((one) => one.text)
      .filter((one) => one !== "")
      .join(" ");
    const wordIds = words.map((one) => one.id);
    const [first = word] = words;
    if (text !== "")
      found.push({ turnId, role, wordIds, chars: null, startMs: first.startMs, endMs: word.endMs, text, tokens: plain(text) });
    begun = at + 1;
  }
  return found;
}
