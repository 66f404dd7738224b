import type { CategoryFinding, TellingSpanView } from "../../../app/contract/category-views.ts";
import type { Conversation, Redacted, Turn, Word } from "../../../app/conversation/conversation.ts";
import type { RecordedOperation } from "../../../app/conversation/operations.ts";
import type { EntityGroup, EntitySource } from "../../../app/insight/entities.ts";
import type { WordPlaces } from "./transcript-caret.ts";

/* What Earmark, rules and other programs found in the words, as marks on them. A mark names words; it goes where they go. */

/** What is marked in a transcript. */
export const markKinds = ["entity", "category", "issue", "action", "outcome", "redaction"] as const;
/** What is marked in a transcript. */
export type MarkKind = (typeof markKinds)[number];

/** How entities are underlined: a line of its own for each family of types, so that no colour has to tell them apart. */
export const entityStyles = ["who", "where", "when", "amount", "reference"] as const;
/** How an entity is underlined. */
export type EntityStyle = (typeof entityStyles)[number];

/** Who put a mark there, and why. */
export type MarkOrigin =
  | { readonly by: "reader"; readonly source: EntitySource; readonly score: number }
  | { readonly by: "rule"; readonly sentence: string }
  | { readonly by: "cues" }
  | { readonly by: "vendor"; readonly source: string }
  | { readonly by: "redaction"; readonly rule: string; readonly why: Redacted["why"] }
  | { readonly by: "person"; readonly author: string }
  | { readonly by: "file" };

/** One mark. */
export interface Mark {
  /** Unique among the marks of a conversation. */
  readonly id: string;
  readonly kind: MarkKind;
  /** Type of the entity, name of the category, kind of data that was masked; empty where the kind says it all. */
  readonly what: string;
  /** Of an entity alone. */
  readonly style: EntityStyle | null;
  readonly origin: MarkOrigin;
  readonly turnId: string;
  /** Empty where it is on characters. */
  readonly wordIds: readonly string[];
  /** UTF-16 units of the text of a turn without words. */
  readonly chars: { readonly from: number; readonly to: number } | null;
  readonly startMs: number;
}

const styleOfType: Readonly<Record<string, EntityStyle>> = {
  PERSON: "who",
  ORGANIZATION: "who",
  TITLE: "who",
  LOCATION: "where",
  DATE: "when",
  EVENT: "when",
  AMOUNT: "amount",
  PERCENTAGE: "amount",
  NUMBER: "amount",
  QUANTITY: "amount",
};

/** The underline of a type of entity; what a string map or a recogniser of one's own names is a reference. */
export function entityStyleOf(type: string): EntityStyle {
  return styleOfType[type] ?? "reference";
}

/** The marks of entities. */
export function entityMarks(groups: readonly EntityGroup[]): Mark[] {
  return groups.flatMap(({ type, mentions }) =>
    mentions.map(({ turnId, wordIds, start, end, startMs, source, score }) => ({
      id: `entity ${turnId} ${start} ${type}`,
      kind: "entity" as const,
      what: type,
      style: entityStyleOf(type),
      origin: { by: "reader" as const, source, score },
      turnId,
      wordIds,
      chars: wordIds.length > 0 ? null : { from: start, to: end },
      startMs,
    })),
  );
}

/** The marks of categories that were found, or that were found and should not have been. A silence has no words to mark. */
export function categoryMarks(findings: readonly CategoryFinding[]): Mark[] {
  return findings.flatMap(({ id, name, sentence, outcome, places, against }) =>
    (outcome === "present" ? places : against).flatMap(({ turnId, wordIds, chars, startMs }): Mark[] =>
      turnId === null || (wordIds.length === 0 && chars === null)
        ? []
        : [
            {
              id: `category ${id} ${turnId} ${wordIds[0] ?? chars?.from ?? ""}`,
              kind: "category",
              what: name,
              style: null,
              origin: { by: "rule", sentence },
              turnId,
              wordIds,
              chars,
              startMs,
            },
          ],
    ),
  );
}

/** The marks of sentences that tell of issues, actions and outcomes. */
export function tellingMarks(spans: readonly TellingSpanView[]): Mark[] {
  return spans.flatMap(({ kind, turnId, wordIds, chars, startMs }): Mark[] =>
    turnId === null
      ? []
      : [
          {
            id: `${kind} ${turnId} ${wordIds[0] ?? chars?.from ?? ""}`,
            kind,
            what: "",
            style: null,
            origin: { by: "cues" },
            turnId,
            wordIds,
            chars,
            startMs,
          },
        ],
  );
}

/**
 * The marks of what another program found; they are its own, and lie beside Earmark's. In a turn without words the whole
 * of it is marked: which part it was cannot be told any more once something in it was masked.
 */
export function vendorMarks({ vendor, turns }: Pick<Conversation, "vendor" | "turns">): Mark[] {
  const findings = vendor?.findings ?? [];
  if (findings.length === 0) return [];
  const texts = new Map(turns.flatMap(({ id, words, text }) => (words.length > 0 || text === "" ? [] : [[id, text.length]])));
  return findings.flatMap(({ kind, name, turnId, wordIds, startMs }, place): Mark[] => {
    const length = texts.get(turnId);
    if (wordIds.length === 0 && length === undefined) return [];
    return [
      {
        id: `vendor ${place}`,
        kind,
        what: name,
        style: null,
        origin: { by: "vendor", source: vendor?.source ?? "" },
        turnId,
        wordIds,
        chars: wordIds.length > 0 || length === undefined ? null : { from: 0, to: length },
        startMs,
      },
    ];
  });
}

/** The marks of what is masked: neighbouring words of one kind are one. In a text without words its label in brackets is marked. */
export function redactionMarks(
  { turns, redactions }: Pick<Conversation, "turns" | "redactions">,
  operations: readonly RecordedOperation[],
): Mark[] {
  const byRule = new Map((redactions ?? []).flatMap((one) => one.wordIds.map((id) => [id, one] as const)));
  const inText = Map.groupBy(
    (redactions ?? []).filter(({ wordIds }) => wordIds.length === 0),
    ({ turnId }) => turnId,
  );
  const byPerson = new Map<string, string>();
  const textByPerson = new Map<string, string>();
  for (const { operation, author } of operations) {
    if (operation.kind !== "redact") continue;
    if (operation.target.kind === "words") for (const id of operation.target.wordIds) byPerson.set(id, author);
    if (operation.target.kind === "text") textByPerson.set(operation.target.turnId, author);
  }
  const originOf = ({ id, replaces = [] }: Word): MarkOrigin => {
    const ids = [id, ...replaces];
    const author = ids.map((each) => byPerson.get(each)).find((each) => each !== undefined);
    if (author !== undefined) return { by: "person", author };
    const rule = ids.map((each) => byRule.get(each)).find((each) => each !== undefined);
    return rule === undefined ? { by: "file" } : { by: "redaction", rule: rule.rule, why: rule.why };
  };
  const marks: Mark[] = [];
  for (const turn of turns) {
    let open = null as { what: string; wordIds: string[] } | null;
    for (const word of turn.words) {
      const { redaction } = word;
      if (redaction === undefined) open = null;
      else if (open?.what === redaction) open.wordIds.push(word.id);
      else {
        open = { what: redaction, wordIds: [word.id] };
        marks.push({
          id: `redaction ${word.id}`,
          kind: "redaction",
          style: null,
          origin: originOf(word),
          turnId: turn.id,
          chars: null,
          startMs: word.startMs,
          ...open,
        });
      }
    }
    const ruled = inText.get(turn.id);
    const author = textByPerson.get(turn.id);
    if (turn.words.length > 0 || (ruled === undefined && author === undefined)) continue;
    for (const match of turn.text.matchAll(/\[([^[\]\n]{1,80})\]/gu)) {
      const what = match[1] ?? "";
      const rule = ruled?.find(({ type }) => plain(type) === plain(what));
      marks.push({
        id: `redaction ${turn.id} ${match.index}`,
        kind: "redaction",
        what,
        style: null,
        origin:
          rule !== undefined
            ? { by: "redaction", rule: rule.rule, why: rule.why }
            : author !== undefined
              ? { by: "person", author }
              : { by: "file" },
        turnId: turn.id,
        wordIds: [],
        chars: { from: match.index, to: match.index + match[0].length },
        startMs: turn.startMs,
      });
    }
  }
  return marks;
}

/** A type as people read it: "card number" for "card-number" and "CARD_NUMBER". */
export function plain(type: string): string {
  return type.replaceAll(/[-_]+/gu, " ").toLowerCase();
}

/** How many marks there are of each kind. */
export function countMarks(marks: readonly Mark[]): Readonly<Record<MarkKind, number>> {
  const counts = { entity: 0, category: 0, issue: 0, action: 0, outcome: 0, redaction: 0 };
  for (const { kind } of marks) counts[kind] += 1;
  return counts;
}

/** A mark and where it begins in the revision on screen. */
export interface PlacedMark {
  readonly mark: Mark;
  readonly turn: number;
  /** Index of its first word there; the first character in a turn without words. */
  readonly at: number;
  /** The word it begins on now; null in a turn without words. */
  readonly wordId: string | null;
}

/** Marks where their words are now, in the order of the transcript; those whose words are gone are left out. */
export function placeMarks(marks: readonly Mark[], places: WordPlaces): PlacedMark[] {
  const heirs = heirsOf(places);
  const indices = new Map(places.turns.map(({ id }, index) => [id, index]));
  return marks
    .flatMap((mark): PlacedMark[] => {
      for (const id of mark.wordIds) {
        const wordId = heirs(id);
        const place = wordId === undefined ? undefined : places.of.get(wordId);
        if (wordId !== undefined && place !== undefined) return [{ mark, turn: place.turn, at: place.word, wordId }];
      }
      const turn = indices.get(mark.turnId);
      const text = turn === undefined ? undefined : places.turns[turn];
      const fits = mark.chars !== null && text !== undefined && text.words.length === 0 && mark.chars.to <= text.text.length;
      return turn === undefined || !fits || mark.chars === null ? [] : [{ mark, turn, at: mark.chars.from, wordId: null }];
    })
    .sort((a, b) => a.turn - b.turn || a.at - b.at);
}

/** The marks of each turn, by turn id. What they mean for single words is worked out where the turn is drawn. */
export function marksByTurn(marks: readonly Mark[], places: WordPlaces): ReadonlyMap<string, readonly Mark[]> {
  const heirs = heirsOf(places);
  const found = new Map<string, Mark[]>();
  const put = (turnId: string, mark: Mark) => {
    const known = found.get(turnId);
    if (known === undefined) found.set(turnId, [mark]);
    else if (known.at(-1) !== mark) known.push(mark);
  };
  for (const mark of marks) {
    if (mark.wordIds.length === 0) put(mark.turnId, mark);
    for (const id of mark.wordIds) {
      const heir = heirs(id);
      const place = heir === undefined ? undefined : places.of.get(heir);
      const turn = place === undefined ? undefined : places.turns[place.turn];
      if (turn !== undefined) put(turn.id, mark);
    }
  }
  return found;
}

/** The word that stands now for one that may have been written over; looked for only where it is not there itself. */
function heirsOf({ of, turns }: WordPlaces): (id: string) => string | undefined {
  let heirs: Map<string, string> | null = null;
  return (id) => {
    if (of.has(id)) return id;
    heirs ??= new Map(turns.flatMap(({ words }) => words.flatMap((word) => (word.replaces ?? []).map((old) => [old, word.id]))));
    return heirs.get(id);
  };
}

/** The marks on each word of a turn, by word id. */
export function marksByWord(turn: Pick<Turn, "words">, marks: readonly Mark[]): ReadonlyMap<string, readonly Mark[]> {
  const own = new Map<string, string>();
  for (const { id, replaces } of turn.words) {
    own.set(id, id);
    for (const old of replaces ?? []) own.set(old, id);
  }
  const found = new Map<string, Mark[]>();
  for (const mark of marks) {
    for (const wordId of new Set(mark.wordIds.flatMap((id) => own.get(id) ?? []))) {
      const known = found.get(wordId);
      if (known === undefined) found.set(wordId, [mark]);
      else known.push(mark);
    }
  }
  return found;
}

/** A piece of a text without words and the marks on it. */
export interface MarkedPiece {
  readonly from: number;
  readonly to: number;
  readonly marks: readonly Mark[];
}

/** A text cut where marks and other ranges begin and end, in order. */
export function cutText(
  length: number,
  marks: readonly Mark[],
  others: readonly { readonly from: number; readonly to: number }[],
): MarkedPiece[] {
  const on = marks.flatMap((mark) => (mark.chars === null ? [] : [{ mark, ...mark.chars }]));
  const edges = new Set([0, length]);
  for (const { from, to } of [...on, ...others]) {
    edges.add(Math.min(length, from));
    edges.add(Math.min(length, to));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? length;
    return { from, to, marks: on.filter((each) => each.from < to && each.to > from).map(({ mark }) => mark) };
  });
}

/** The next mark after, or the last one before, a place; undefined where there is none. Marks come in order. */
export function stepMark(
  marks: readonly PlacedMark[],
  here: { readonly turn: number; readonly at: number; readonly id?: string },
  by: 1 | -1,
): PlacedMark | undefined {
  const stood = here.id === undefined ? -1 : marks.findIndex(({ mark }) => mark.id === here.id);
  // Several may begin on one word: who stands on one goes to its neighbour.
  if (stood >= 0 && marks[stood]?.turn === here.turn && marks[stood]?.at === here.at) return marks[stood + by];
  const isAfter = ({ turn, at }: PlacedMark) => turn > here.turn || (turn === here.turn && at > here.at);
  const isBefore = ({ turn, at }: PlacedMark) => turn < here.turn || (turn === here.turn && at < here.at);
  return by === 1 ? marks.find(isAfter) : marks.findLast(isBefore);
}
