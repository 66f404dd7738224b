import { z } from "zod";
import { millisecondsSchema, type Transcript, type Turn } from "../conversation/conversation.ts";
import { separatorOf, textOfWords } from "../conversation/workspace.ts";
import { personalTypes } from "./redaction-policy.ts";

/*
 * What stood where rules have hidden something. It lives in memory from the redaction until it is sealed, and again while
 * somebody looks at what a person has brought back; in between it is encrypted with a key that is thrown away on a day that
 * the policy names. Everything but the page goes on reading the masked transcript: search, language, categories, exports.
 */

/** Types of which nothing is ever sealed: PCI DSS 4.0, requirement 3.3.1, forbids keeping them even encrypted. */
export const neverSealed = ["card-security-code"] as const;
const sealableTypes = z.enum(personalTypes).exclude(neverSealed);

/** For how long, and of which types, the original of what rules hide can be brought back. */
export const sealingPolicySchema = z.object({
  /** Days from the import; 0 seals nothing. */
  days: z.int().min(0).max(3_650),
  types: z.array(sealableTypes).max(personalTypes.length),
});
/** For how long, and of which types, the original of what rules hide can be brought back. */
export type SealingPolicy = Readonly<z.infer<typeof sealingPolicySchema>>;

/** What opens an account, and card numbers, stay hidden for good unless a person says otherwise. */
export const defaultSealingPolicy: SealingPolicy = {
  days: 30,
  types: ["card-expiry", "bank-account", "national-id", "name", "address", "email", "phone", "birth-date"],
};

/** What stood where something was hidden: words with their ids, or a part of a text without words. */
export const originalSchema = z.object({
  /** Unique in the conversation, and the same whenever the same is hidden again. */
  id: z.string().min(1),
  turnId: z.string().min(1),
  /** All that it holds. */
  types: z.array(z.enum(personalTypes)),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  words: z.array(z.object({ id: z.string().min(1), text: z.string() })),
  /** Null where it is words. `at` is a place in the masked text of length `of`, in UTF-16 units, and `label` what stands there. */
  text: z.object({ at: z.int().min(0), of: z.int().min(0), label: z.string(), text: z.string() }).nullable(),
});
/** What stood where something was hidden. */
export type Original = z.infer<typeof originalSchema>;

/** Whether a policy lets an original be sealed: with everything that it holds. */
export function maySeal({ types }: Pick<Original, "types">, policy: SealingPolicy): boolean {
  const allowed: readonly string[] = policy.types;
  return policy.days > 0 && types.length > 0 && types.every((type) => allowed.includes(type));
}

/** The last day, in UTC, on which what was hidden of a conversation imported then can be opened: "2026-12-21". */
export function lastDay(importedAt: string, { days }: SealingPolicy): string {
  return new Date(Date.parse(importedAt) + days * 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);
}

/**
 * A revision as a page shows it: with the originals that a person has brought back, as far as they are at hand. Where a
 * text was written otherwise since, it stays as it is.
 */
export function withOriginals<T extends Pick<Transcript, "turns">>(revision: T, opened: ReadonlyMap<string, Original>): T {
  if (opened.size === 0) return revision;
  const turns = revision.turns.map((turn) => (turn.words.length > 0 ? withWordsBack(turn, opened) : withTextBack(turn, opened)));
  return { ...revision, turns };
}

function withWordsBack(turn: Turn, opened: ReadonlyMap<string, Original>): Turn {
  if (!turn.words.some(({ restored }) => restored !== undefined)) return turn;
  const separator = separatorOf(turn);
  const words = turn.words.map((word) => {
    if (word.restored === undefined) return word;
    const original = opened.get(word.restored)?.words.find(({ id }) => id === word.id);
    if (original === undefined) return word;
    const { redaction: _, ...shown } = word;
    return { ...shown, text: original.text };
  });
  const own = turn.text === textOfWords(turn.words, separator);
  return { ...turn, words, text: own ? textOfWords(words, separator) : turn.text };
}

function withTextBack(turn: Turn, opened: ReadonlyMap<string, Original>): Turn {
  const pieces = (turn.restored ?? []).flatMap((id) => opened.get(id)?.text ?? []);
  // From the end, so that places before stay what they are.
  const text = [...pieces]
    .sort((a, b) => b.at - a.at)
    .reduce(
      (now, { at, of, label, text: original }) =>
        turn.text.length === of && now.startsWith(label, at) ? now.slice(0, at) + original + now.slice(at + label.length) : now,
      turn.text,
    );
  return text === turn.text ? turn : { ...turn, text };
}
