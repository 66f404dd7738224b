import { z } from "zod";
import { confidenceSchema, millisecondsSchema, type Turn } from "../conversation/conversation.ts";

/* What a conversation speaks of: mentions with their place in a turn, and the same thing said in several ways as one. */

/** Kinds of things that Earmark finds by itself. Amazon Comprehend and a string map name further ones. */
export const localEntityTypes = [
  "PERSON",
  "LOCATION",
  "ORGANIZATION",
  "DATE",
  "AMOUNT",
  "PERCENTAGE",
  "NUMBER",
  "PHONE",
  "EMAIL",
  "URL",
  "ORDER_NUMBER",
  "ACCOUNT_NUMBER",
] as const;
/** A kind of thing that Earmark finds by itself. */
export type LocalEntityType = (typeof localEntityTypes)[number];

/** Who found a mention: Earmark's own rules, Amazon Comprehend, a recogniser of one's own there, or the string map. */
export const entitySourceSchema = z.enum(["local", "comprehend", "recogniser", "string-map"]);
/** Who found a mention. */
export type EntitySource = z.infer<typeof entitySourceSchema>;

/** A mention in the text of one turn. Offsets are UTF-16 units of the turn's text. */
export const mentionSchema = z.object({
  type: z.string().min(1),
  start: z.int().min(0),
  end: z.int().min(1),
  score: confidenceSchema,
  source: entitySourceSchema,
  /** The same for everything that means the same: "40 USD". Never shown. */
  key: z.string(),
  /** How to write it where the text's own way is not the one: the string map's spelling. */
  value: z.string().optional(),
});
/** A mention in the text of one turn. */
export type EntityMention = Readonly<z.infer<typeof mentionSchema>>;

/** One thing, and every place where it was mentioned. */
export const entityGroupSchema = z.object({
  type: z.string(),
  /** As it is written most often, or as the string map writes it. */
  value: z.string(),
  count: z.int().min(1),
  mentions: z.array(
    z.object({
      turnId: z.string(),
      text: z.string(),
      start: z.int().min(0),
      end: z.int().min(1),
      /** The words of the present revision that say it; empty where the turn has none. */
      wordIds: z.array(z.string()),
      startMs: millisecondsSchema,
      endMs: millisecondsSchema,
      score: confidenceSchema,
      source: entitySourceSchema,
    }),
  ),
});
/** One thing, and every place where it was mentioned. */
export type EntityGroup = z.infer<typeof entityGroupSchema>;

/** From which score on an entity counts: for all types, and for some of their own. */
export const entityThresholdsSchema = z.object({
  all: confidenceSchema,
  byType: z.record(z.string().min(1).max(100), confidenceSchema),
});
/** From which score on an entity counts. */
export type EntityThresholds = Readonly<z.infer<typeof entityThresholdsSchema>>;

/** The thresholds unless a person sets others. */
export const usualEntityThresholds: EntityThresholds = { all: 0.5, byType: {} };

/** Whether a mention reaches its threshold. */
export function reaches({ type, score }: Pick<EntityMention, "type" | "score">, thresholds: EntityThresholds): boolean {
  return score >= (thresholds.byType[type] ?? thresholds.all);
}

/** Where each word of a turn stands in its text: [start, end) in UTF-16 units. A word that the text does not hold has none. */
export function wordPlaces({ text, words }: Pick<Turn, "text" | "words">): ({ start: number; end: number } | null)[] {
  let reached = 0;
  return words.map((word) => {
    if (word.text === "") return null;
    const start = text.indexOf(word.text, reached);
    // A word that is found far away is another one of the same spelling.
    if (start < 0 || start - reached > farthest) return null;
    reached = start + word.text.length;
    return { start, end: reached };
  });
}

/** Other programs write a turn's text with more than its words in it; this much of it may stand between two of them. */
const farthest = 200;

/** A turn's text with everything masked replaced by asterisks, place for place: labels must not be read as names. */
export function textToRead(turn: Pick<Turn, "text" | "words">): string {
  const stars = (text: string): string => "*".repeat(text.length);
  let text = turn.text.replaceAll(/\[[^[\]\n]{1,80}\]/gu, stars);
  if (turn.words.some((word) => word.redaction !== undefined)) {
    for (const [index, place] of wordPlaces(turn).entries()) {
      if (place === null || turn.words[index]?.redaction === undefined) continue;
      text = text.slice(0, place.start) + stars(text.slice(place.start, place.end)) + text.slice(place.end);
    }
  }
  return text;
}

/** The order in which types are preferred where two mentions stand in the same place: the surest pattern first. */
const precedence: readonly string[] = ["EMAIL", "URL", "ORDER_NUMBER", "ACCOUNT_NUMBER", "PHONE", "AMOUNT", "PERCENTAGE", "DATE"];

function rank({ type, source }: EntityMention): number {
  // What a person has written down, or trained, is what they look for.
  if (source === "string-map") return -2;
  if (source === "recogniser") return -1;
  const place = precedence.indexOf(type);
  if (place >= 0) return place;
  if (type === "NUMBER" || type === "QUANTITY") return source === "comprehend" ? 90 : 91;
  return source === "comprehend" ? 50 : 51;
}

/** Mentions of one turn without those that stand where a preferred one does, in order of place. */
export function withoutOverlaps(mentions: readonly EntityMention[]): EntityMention[] {
  const kept: EntityMention[] = [];
  const byPreference = [...mentions].sort(
    (a, b) => rank(a) - rank(b) || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  for (const one of byPreference) {
    if (!kept.some((other) => one.start < other.end && other.start < one.end)) kept.push(one);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** Mentions of a turn, with the turn as it stands now. */
export interface TurnMentions {
  readonly turn: Turn;
  readonly mentions: readonly EntityMention[];
}

/** The things that a conversation speaks of, each with its places in order: by type, then by how often. */
export function groupEntities(turns: readonly TurnMentions[], thresholds: EntityThresholds): EntityGroup[] {
  const groups = new Map<string, { type: string; given: string | null; mentions: EntityGroup["mentions"] }>();
  for (const { turn, mentions } of turns) {
    const counted = mentions.filter((mention) => mention.end <= turn.text.length && reaches(mention, thresholds));
    if (counted.length === 0) continue;
    const places = wordPlaces(turn);
    for (const mention of counted) {
      const { start, end, score, source, type, key, value } = mention;
      const words = turn.words.filter((_, index) => {
        const place = places[index];
        return place != null && place.start < end && start < place.end;
      });
      const name = `${type}\n${key}`;
      const group = groups.get(name) ?? { type, given: value ?? null, mentions: [] };
      groups.set(name, group);
      group.mentions.push({
        turnId: turn.id,
        text: turn.text.slice(start, end),
        start,
        end,
        wordIds: words.map(({ id }) => id),
        startMs: words[0]?.startMs ?? turn.startMs,
        endMs: words.at(-1)?.endMs ?? turn.endMs,
        score,
        source,
      });
    }
  }
  return [...groups.values()]
    .map(({ type, given, mentions }) => ({ type, value: given ?? commonest(mentions), count: mentions.length, mentions }))
    .sort((a, b) => order(a.type, b.type) || b.count - a.count || order(a.value, b.value));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The spelling used most often; the first of those used equally often. */
function commonest(mentions: readonly { readonly text: string }[]): string {
  const counts = new Map<string, number>();
  for (const { text } of mentions) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0] as const)[0];
}

/** What groups a plain name or phrase: without case, accents, punctuation at its ends, and spare space. */
export function foldedKey(text: string): string {
  return foldText(text)
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}

/** A text without case and accents, for comparing. Its length may differ from the text's. */
export function foldText(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/gu, "")
    .normalize("NFC")
    .toLowerCase();
}
