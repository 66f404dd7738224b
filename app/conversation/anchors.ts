import { z } from "zod";
import { millisecondsSchema, type Span, type Transcript, type Turn, type Word } from "./conversation.ts";
import { meets, mutedSpans } from "./hide.ts";
import type { OperationFault } from "./operation-faults.ts";
import { separatorOf, textOfWords } from "./workspace.ts";

/*
 * What quotes words points at their ids and keeps what they were, so that it finds them after any correction and can say
 * whether they still read as they did.
 */

/** What a comment or bookmark is put on: words, a turn (a chat message, or a turn without words), or a stretch of time. */
export const anchorInputSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("words"), wordIds: z.array(z.string().min(1)).min(1).max(5_000) }),
  z.object({ kind: z.literal("turn"), turnId: z.string().min(1) }),
  z.object({ kind: z.literal("time"), startMs: millisecondsSchema, endMs: millisecondsSchema }),
]);
/** What a comment or bookmark is put on. */
export type AnchorInput = z.infer<typeof anchorInputSchema>;

/** Where an anchor is in the revision on screen. */
export const anchorViewSchema = z.object({
  kind: z.enum(["words", "turn", "time"]),
  /** `moved`: the same words at another time or of another speaker. `changed`: they read otherwise now. `gone`: taken out. */
  state: z.enum(["same", "moved", "changed", "gone"]),
  /** The words it is on now, in order; empty where it is on none. */
  wordIds: z.array(z.string()),
  /** The turns it is in now, in order. */
  turnIds: z.array(z.string()),
  /** Now; where the words are gone, when they were. */
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  /** The words when it was made; null where they have been hidden since. */
  quote: z.string().nullable(),
  /** The words now. */
  text: z.string(),
});
/** Where an anchor is in the revision on screen. */
export type AnchorView = z.infer<typeof anchorViewSchema>;

/** Where something was put, and what was there then. */
export const storedAnchorSchema = z.object({
  kind: z.enum(["words", "turn", "time"]),
  wordIds: z.array(z.string()),
  turnId: z.string().nullable(),
  /** Whose words they were, in order, each once; empty for a stretch of time. */
  participantIds: z.array(z.string()),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  quote: z.string(),
  /** Names the hearing that the ids are of. */
  wordsHash: z.string(),
  /** The revision that it was made on. */
  revision: z.string(),
});
/** Where something was put, and what was there then. */
export type StoredAnchor = z.infer<typeof storedAnchorSchema>;

/** Anchors a place of a revision; or why it cannot be. */
export function anchorAt(
  input: AnchorInput,
  transcript: Transcript,
  made: { readonly wordsHash: string; readonly revision: string },
): StoredAnchor | OperationFault {
  switch (input.kind) {
    case "words": {
      const wanted = new Set(input.wordIds);
      const found = stretchOf(placesOf(transcript, (word) => wanted.has(word.id)));
      if (wanted.size > found.filter(({ word }) => wanted.has(word.id)).length) return "word-unknown";
      return {
        kind: "words",
        wordIds: found.map(({ word }) => word.id),
        turnId: found[0]?.turn.id ?? null,
        participantIds: speakersOf(found),
        ...spanOf(found),
        quote: textOf(found),
        ...made,
      };
    }
    case "turn": {
      const turn = transcript.turns.find((one) => one.id === input.turnId);
      if (turn === undefined) return "turn-unknown";
      const { id, participantId, startMs, endMs, text } = turn;
      const wordIds = turn.words.map((word) => word.id);
      return { kind: "turn", wordIds, turnId: id, participantIds: [participantId], startMs, endMs, quote: text, ...made };
    }
    case "time": {
      const startMs = Math.min(input.startMs, transcript.durationMs);
      const endMs = Math.max(startMs, Math.min(input.endMs, transcript.durationMs));
      const { wordIds, text } = within(transcript, { startMs, endMs });
      return { kind: "time", wordIds, turnId: null, participantIds: [], startMs, endMs, quote: text, ...made };
    }
  }
}

/** Finds anchors in a revision; what it looks up is made once for all of them. */
export function anchorFinder(transcript: Transcript, wordsHash: string): (anchor: StoredAnchor) => AnchorView {
  const muted = mutedSpans(transcript);
  const heirs = new Map<string, Place[]>();
  for (const place of placesOf(transcript, () => true)) {
    for (const id of [place.word.id, ...(place.word.replaces ?? [])]) {
      const known = heirs.get(id);
      if (known === undefined) heirs.set(id, [place]);
      else known.push(place);
    }
  }
  const turns = new Map(transcript.turns.map((turn) => [turn.id, turn]));

  const seen = (anchor: StoredAnchor, now: Omit<AnchorView, "kind" | "quote">): AnchorView => {
    const hidden = [...muted, ...(transcript.hidden ?? [])];
    const concealed = now.text !== anchor.quote && hidden.some((span) => meets(span, anchor) || meets(span, now));
    return { kind: anchor.kind, ...now, quote: concealed ? null : anchor.quote };
  };
  const gone = (anchor: StoredAnchor): AnchorView =>
    seen(anchor, { state: "gone", wordIds: [], turnIds: [], startMs: anchor.startMs, endMs: anchor.endMs, text: "" });

  return (anchor) => {
    if (anchor.kind === "time") {
      const now = within(transcript, anchor);
      return seen(anchor, {
        state: now.text === anchor.quote ? "same" : "changed",
        startMs: anchor.startMs,
        endMs: anchor.endMs,
        ...now,
      });
    }
    const places =
      anchor.wordsHash === wordsHash
        ? [...new Set(anchor.wordIds.flatMap((id) => heirs.get(id) ?? []))].sort(
            (a, b) => a.turnIndex - b.turnIndex || a.index - b.index,
          )
        : placesOf(transcript, (word) => holdsMiddle(anchor, word));
    const found = stretchOf(places);
    if (found.length > 0) {
      const text = textOf(found);
      const span = spanOf(found);
      // A whole turn keeps its own edges while it is whole.
      const turn = anchor.kind === "turn" ? turns.get(anchor.turnId ?? "") : undefined;
      const edges = turn !== undefined && turn.words.length === found.length && turn === found[0]?.turn ? turn : span;
      const whole = anchor.kind === "turn" && edges === turn ? turn.text : text;
      const stays =
        edges.startMs === anchor.startMs &&
        edges.endMs === anchor.endMs &&
        speakersOf(found).join("\n") === anchor.participantIds.join("\n");
      return seen(anchor, {
        state: whole !== anchor.quote ? "changed" : stays || anchor.wordsHash !== wordsHash ? "same" : "moved",
        wordIds: found.map(({ word }) => word.id),
        turnIds: [...new Set(found.map((place) => place.turn.id))],
        startMs: edges.startMs,
        endMs: edges.endMs,
        text: whole,
      });
    }
    if (anchor.wordIds.length > 0 && anchor.wordsHash === wordsHash) return gone(anchor);
    const turn = turns.get(anchor.turnId ?? "") ?? transcript.turns.find((one) => tookUp(one, anchor));
    if (turn === undefined) return gone(anchor);
    const { startMs, endMs, participantId, text } = turn;
    const stays = startMs === anchor.startMs && endMs === anchor.endMs && participantId === anchor.participantIds[0];
    const state = text === anchor.quote ? (stays ? "same" : "moved") : text.includes(anchor.quote) ? "moved" : "changed";
    return seen(anchor, { state, wordIds: [], turnIds: [turn.id], startMs, endMs, text });
  };
}

interface Place {
  readonly turn: Turn;
  readonly turnIndex: number;
  readonly index: number;
  readonly word: Word;
}

function placesOf({ turns }: Transcript, wanted: (word: Word) => boolean): Place[] {
  return turns.flatMap((turn, turnIndex) =>
    turn.words.flatMap((word, index) => (wanted(word) ? [{ turn, turnIndex, index, word }] : [])),
  );
}

/** Places of one turn with everything between them: what was put in between belongs to the stretch. */
function stretchOf(places: readonly Place[]): Place[] {
  const [first] = places;
  const last = places.at(-1);
  if (first === undefined || last === undefined || first.turn !== last.turn) return [...places];
  const { turn, turnIndex } = first;
  return turn.words
    .slice(first.index, last.index + 1)
    .map((word, offset) => ({ turn, turnIndex, index: first.index + offset, word }));
}

function spanOf(places: readonly Place[]): Span {
  return {
    startMs: Math.min(...places.map(({ word }) => word.startMs)),
    endMs: Math.max(...places.map(({ word }) => word.endMs)),
  };
}

function speakersOf(places: readonly Place[]): string[] {
  return [...new Set(places.map(({ turn }) => turn.participantId))];
}

function textOf(places: readonly Place[]): string {
  const [first] = places;
  return textOfWords(
    places.map(({ word }) => word),
    first === undefined ? " " : separatorOf(first.turn),
  );
}

/** What is said in a stretch of time: words, and turns without any. */
function within(transcript: Transcript, span: Span): { wordIds: string[]; turnIds: string[]; text: string } {
  const turns = transcript.turns.filter((turn) => meets(turn, span));
  const words = turns.map((turn) => turn.words.filter((word) => meets(word, span)));
  return {
    wordIds: words.flat().map((word) => word.id),
    turnIds: turns.filter((turn, index) => turn.words.length === 0 || (words[index] ?? []).length > 0).map((turn) => turn.id),
    text: turns
      .map((turn, index) => (turn.words.length === 0 ? turn.text : textOfWords(words[index] ?? [], separatorOf(turn))))
      .filter((text) => text !== "")
      .join(" "),
  };
}

function holdsMiddle({ startMs, endMs }: Span, word: Word): boolean {
  const middle = (word.startMs + word.endMs) / 2;
  return middle >= startMs && middle <= endMs;
}

/** Whether a turn has taken up a message that is no turn of its own any more. */
function tookUp(turn: Turn, anchor: StoredAnchor): boolean {
  return turn.words.length === 0 && anchor.quote !== "" && turn.text.includes(anchor.quote) && meets(turn, anchor);
}
