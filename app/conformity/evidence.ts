import { z } from "zod";
import { assertNever } from "../assert-never.ts";
import { type AnchorInput, anchorAt, anchorFinder, storedAnchorSchema } from "../conversation/anchors.ts";
import { type Conversation, channelSchema, type Role, roleSchema, type Span, type Turn } from "../conversation/conversation.ts";
import type { OperationFault } from "../conversation/operation-faults.ts";
import { searchedSchema } from "../insight/categories.ts";
import type { RulePlace, Searched } from "../insight/rules-evaluate.ts";
import { tokensOf } from "../insight/rules-words.ts";

/*
 * What an answer rests on: words by their ids at a revision, or, where something was not said, what was searched. Both can tell
 * later whether the transcript under them still is what it was.
 */

/** The conversation as it reads at a revision: `wordsHash` names the hearing, `revision` the corrections on top. */
export interface ReadRevision {
  readonly conversation: Conversation;
  readonly wordsHash: string;
  readonly revision: string;
}

/** A place in another conversation of the same customer. It holds no words: those are that conversation's, and go with it. */
export const elsewhereSchema = z.object({
  conversationId: z.string().min(1),
  channel: channelSchema,
  turnId: z.string().nullable(),
  startMs: z.int().min(0),
});
/** A place in another conversation of the same customer. */
export type Elsewhere = Readonly<z.infer<typeof elsewhereSchema>>;

/** A place that a rule found, with what another conversation says of it. */
export interface FoundPlace extends RulePlace {
  readonly elsewhere?: readonly Elsewhere[];
}

/** Something in the conversation that an answer rests on. */
export const evidenceSchema = z.object({
  /** Speaks for the answer, or is what should not have been there. */
  stance: z.enum(["for", "against"]),
  anchor: storedAnchorSchema,
  /** The characters of the message meant, where it has no words of its own. */
  chars: z.object({ from: z.int().min(0), to: z.int().min(0) }).nullable(),
  /** Who those were that spoke, then: an exchange of roles changes no word and no speaker's id. */
  roles: z.array(roleSchema),
  /** What other conversations of the customer say of it; absent where they were not asked. */
  elsewhere: z.array(elsewhereSchema).max(10).optional(),
});
/** Something in the conversation that an answer rests on. */
export type Evidence = z.infer<typeof evidenceSchema>;

/** What was searched in vain: how an absence is evidenced. */
export const absenceSchema = searchedSchema.extend({
  /** First and last turn that was searched, counted from 1; null where there was none. */
  turnNumbers: z.object({ first: z.int().min(1), last: z.int().min(1) }).nullable(),
  /** Of the words searched, those that were heard with doubt. */
  doubtfulWords: z.int().min(0),
  /** Turns in that time, of anybody, whose speaker is in doubt. */
  doubtfulTurns: z.int().min(0),
  /** Names what was searched, word for word and speaker for speaker. */
  print: z.string(),
  wordsHash: z.string(),
  revision: z.string(),
});
/** What was searched in vain. */
export type Absence = z.infer<typeof absenceSchema>;

/** A word below this confidence counts as heard with doubt. */
export const doubtfulWordConfidence = 0.5;
/** A speaker below this confidence is in doubt. */
export const doubtfulSpeakerConfidence = 0.6;

/** Takes evidence at a place that a person or a writer names; or why it cannot be. */
export function evidenceAt(
  input: AnchorInput,
  read: ReadRevision,
  stance: Evidence["stance"] = "for",
): Evidence | OperationFault {
  const anchor = anchorAt(input, read.conversation, { wordsHash: read.wordsHash, revision: read.revision });
  if (typeof anchor === "string") return anchor;
  return { stance, anchor, chars: null, roles: rolesOf(read.conversation, anchor.participantIds) };
}

/** Takes evidence at a place that a rule found. */
export function evidenceOfPlace(place: FoundPlace, read: ReadRevision, stance: Evidence["stance"]): Evidence {
  const { elsewhere = [] } = place;
  const own = evidenceHere(place, read, stance);
  return elsewhere.length === 0 ? own : { ...own, elsewhere: elsewhere.slice(0, 10).map((one) => ({ ...one })) };
}

function evidenceHere(place: RulePlace, read: ReadRevision, stance: Evidence["stance"]): Evidence {
  const { turnId, wordIds, chars, startMs, endMs } = place;
  const input: AnchorInput =
    wordIds.length > 0
      ? { kind: "words", wordIds: wordIds.slice(0, 5_000) }
      : chars !== null && turnId !== null
        ? { kind: "turn", turnId }
        : { kind: "time", startMs, endMs };
  const taken = evidenceAt(input, read, stance);
  const kept = typeof taken === "string" ? evidenceAt({ kind: "time", startMs, endMs }, read, stance) : taken;
  if (typeof kept === "string") throw new RangeError(`A stretch of time was refused as evidence: ${kept}.`);
  if (chars === null) return kept;
  return { ...kept, chars, anchor: { ...kept.anchor } };
}

/** The words of evidence as they were when it was taken: of a message without words of its own the part that is meant. */
export function wordsTaken({ anchor, chars }: Pick<Evidence, "anchor" | "chars">): string {
  return chars === null ? anchor.quote : anchor.quote.slice(chars.from, chars.to);
}

/** Keeps what a rule searched in vain, as it reads now. */
export function absenceOf(searched: Searched, read: ReadRevision): Absence {
  const { conversation, wordsHash, revision } = read;
  const inTime = turnsWithin(conversation, searched);
  const own = inTime.filter(({ turn }) => searched.role === null || roleOfTurn(conversation, turn) === searched.role);
  const doubtfulWords = own.reduce((sum, { turn }) => sum + wordsWithin(turn, searched).filter(isDoubtful).length, 0);
  const numbers = own.map(({ number }) => number);
  return {
    ...searched,
    turnNumbers: numbers.length === 0 ? null : { first: Math.min(...numbers), last: Math.max(...numbers) },
    doubtfulWords,
    doubtfulTurns: inTime.filter(({ turn }) => hasDoubtfulSpeaker(turn)).length,
    print: printOf(conversation, searched),
    wordsHash,
    revision,
  };
}

/** Whether a word was heard with doubt that no person has settled. */
export function isDoubtful(word: Turn["words"][number]): boolean {
  if (word.review !== undefined) return false;
  return word.doubt !== undefined || (word.confidence !== null && word.confidence < doubtfulWordConfidence);
}

/** Whether nobody can be sure whose turn it is. */
export function hasDoubtfulSpeaker({ speakerConfidence }: Turn): boolean {
  return speakerConfidence !== null && speakerConfidence < doubtfulSpeakerConfidence;
}

/** Turns that lie in a stretch of time, with their number from 1. */
export function turnsWithin({ turns }: Pick<Conversation, "turns">, { startMs, endMs }: Span): { turn: Turn; number: number }[] {
  return turns.flatMap((turn, index) => (turn.startMs <= endMs && turn.endMs >= startMs ? [{ turn, number: index + 1 }] : []));
}

function wordsWithin(turn: Turn, { startMs, endMs }: Span): Turn["words"] {
  return turn.words.filter((word) => word.startMs >= startMs && word.startMs <= endMs);
}

/** The role of whoever speaks in a turn. */
export function roleOfTurn({ participants }: Pick<Conversation, "participants">, turn: Turn): Role {
  return participants.find(({ id }) => id === turn.participantId)?.role ?? "other";
}

function rolesOf({ participants }: Conversation, ids: readonly string[]): Role[] {
  return [...new Set(ids.map((id) => participants.find((one) => one.id === id)?.role ?? "other"))];
}

function printOf(conversation: Conversation, searched: Pick<Searched, "role" | "startMs" | "endMs">): string {
  const said = turnsWithin(conversation, searched)
    .filter(({ turn }) => searched.role === null || roleOfTurn(conversation, turn) === searched.role)
    .map(({ turn }) => {
      const words = wordsWithin(turn, searched);
      const text = turn.words.length === 0 ? turn.text : words.map((word) => word.text).join(" ");
      return `${roleOfTurn(conversation, turn)}: ${plainWords(text)}`;
    });
  return fingerprint(said.join("\n"));
}

/** The compared words of a text: a comma or a capital letter is no other word. */
function plainWords(text: string): string {
  return tokensOf(text)
    .map((token) => token.text)
    .join(" ");
}

/** A short name of a text, 53 bits (FNV-1a in two halves): for noticing a change, not for proving that there was none. */
export function fingerprint(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + at), 0x85ebca6b);
  }
  return ((high & 0x1fffff) * 2 ** 32 + (low >>> 0)).toString(16).padStart(14, "0");
}

/** Why something that an answer rests on is not what it was. */
export const stalenessSchema = z.object({
  kind: z.enum(["words-changed", "words-gone", "words-hidden", "speaker-changed", "searched-changed"]),
  /** For people. */
  reason: z.string(),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
});
/** Why something that an answer rests on is not what it was. */
export type Staleness = z.infer<typeof stalenessSchema>;

/** Tells of evidence and of absences whether the revision still is what they were taken from; null where it is. */
export interface StalenessFinder {
  readonly evidence: (evidence: Evidence) => Staleness | null;
  readonly absence: (absence: Absence) => Staleness | null;
}

/** Looks up a revision once for any amount of evidence. */
export function stalenessFinder(read: ReadRevision): StalenessFinder {
  const { conversation } = read;
  const find = anchorFinder(conversation, read.wordsHash);
  const turns = new Map(conversation.turns.map((turn) => [turn.id, turn]));
  return {
    evidence({ anchor, roles }) {
      const now = find(anchor);
      const { startMs, endMs } = now;
      const at = clock(anchor.startMs);
      const say = (kind: Staleness["kind"], reason: string): Staleness => ({ kind, reason, startMs, endMs });
      switch (now.state) {
        case "gone":
          return say("words-gone", `The words at ${at} are not there any more.`);
        case "same":
        case "moved":
        case "changed": {
          // A stretch of time without words (a silence) is stale when somebody speaks in it now.
          if (now.state === "changed" && plainWords(now.text) !== plainWords(anchor.quote)) {
            if (now.quote === null) return say("words-hidden", `Some of the words at ${at} have been hidden.`);
            return say("words-changed", `The words at ${at} were ${quoted(anchor.quote)} and now are ${quoted(now.text)}.`);
          }
          if (roles.length === 0) return null;
          const speakers = now.turnIds.flatMap((id) => turns.get(id)?.participantId ?? []);
          const rolesNow = rolesOf(conversation, [...new Set(speakers)]);
          if (rolesNow.join() !== roles.join()) {
            return say("speaker-changed", `The words at ${at} were ${whose(roles)} and now are ${whose(rolesNow)}.`);
          }
          const isSameHearing = anchor.wordsHash === read.wordsHash;
          if (isSameHearing && [...new Set(speakers)].join("\n") !== anchor.participantIds.join("\n")) {
            return say("speaker-changed", `The words at ${at} now belong to another speaker.`);
          }
          return null;
        }
        default:
          return assertNever(now.state);
      }
    },
    absence(absence) {
      if (printOf(conversation, absence) === absence.print) return null;
      const { startMs, endMs } = absence;
      const whom = absence.role === null ? "was said" : `the ${absence.role} said`;
      const reason = `What ${whom} between ${clock(startMs)} and ${clock(endMs)} has changed since it was searched.`;
      return { kind: "searched-changed", reason, startMs, endMs };
    },
  };
}

/** Roles as whose something is: "the agent's", "the agent's and the customer's". */
export function whose(roles: readonly Role[]): string {
  if (roles.length === 0) return "nobody's";
  return roles
    .map((role) => (role === "other" ? "an unknown speaker's" : role === "ivr" ? "the menu's" : `the ${role}'s`))
    .join(" and ");
}

/** A time as people say it: "1:02", "1:02:03". */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** Words in quotation marks, cut where they are long. */
export function quoted(text: string): string {
  const plain = text.trim();
  if (plain === "") return "nothing";
  return plain.length <= 60 ? `“${plain}”` : `“${plain.slice(0, 57).trimEnd()}…”`;
}
