import type { Turn, VendorFinding, VendorLoudness } from "../conversation/conversation.ts";
import { wordPlaces } from "../insight/entities.ts";
import { at } from "./import-notes.ts";
import { numberOrNull } from "./imported.ts";

/* What Amazon's programs found in single turns: issues, actions, outcomes, categories, and how loud each second was. */

/** Something found in a turn: characters of its text, or all of it where the file does not say which. */
export interface DraftFinding {
  readonly kind: VendorFinding["kind"];
  /** What a category is called; empty for the others. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Something found at a time. */
export interface TimedFinding {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The lists of a turn by what they tell, and what is said of them when a file is read. */
export const findingLists = [
  ["IssuesDetected", "issue", "Issues that Amazon marked"],
  ["ActionItemsDetected", "action", "Actions that Amazon marked"],
  ["OutcomesDetected", "outcome", "Outcomes that Amazon marked"],
] as const;

/** Longest list that is read of one turn, and of a file. */
const mostFindings = 1_000;
/** Longest series of loudness of one turn, in seconds: a day. */
const mostSeconds = 86_400;

/**
 * Issues, actions and outcomes of a turn. Call Analytics gives offsets as `Begin` and `End`, Contact Lens as
 * `BeginOffsetChar` and `EndOffsetChar`, post call analytics as `BeginOffset` and `EndOffset`; older files have them under
 * `RedactedCharacterOffsets` or `UnredactedCharacterOffsets`.
 */
export function findingsIn(turn: unknown): DraftFinding[] {
  return findingLists.flatMap(([key, kind]) => {
    const list = at(turn, key);
    if (!Array.isArray(list)) return [];
    return list.slice(0, mostFindings).map((item: unknown): DraftFinding => {
      const offsets = ["CharacterOffsets", "RedactedCharacterOffsets", "UnredactedCharacterOffsets"]
        .map((each) => at(item, each))
        .find((each) => each !== undefined && each !== null);
      const edge = (name: "Begin" | "End"): number | null =>
        [name, `${name}OffsetChar`, `${name}Offset`]
          .map((each) => numberOrNull.parse(at(offsets ?? item, each)) ?? null)
          .find((each) => each !== null) ?? null;
      const from = edge("Begin");
      const to = edge("End");
      return { kind, name: "", from: from ?? 0, to: from === null || to === null ? Number.MAX_SAFE_INTEGER : to };
    });
  });
}

/** Categories that a turn was put in by name, as post call analytics writes them. */
export function categoriesIn(turn: unknown): DraftFinding[] {
  const names = ["CategoriesDetected", "FollowOnCategories"].flatMap((key) => {
    const list = at(turn, key);
    return Array.isArray(list) ? list.slice(0, mostFindings) : [];
  });
  return names.flatMap((name: unknown): DraftFinding[] =>
    typeof name === "string" && name.trim() !== ""
      ? [{ kind: "category", name: name.trim().slice(0, 200), from: 0, to: Number.MAX_SAFE_INTEGER }]
      : [],
  );
}

/** Categories of a whole file with the times at which their rules were met (`Categories.MatchedDetails`). */
export function matchedCategories(file: unknown): TimedFinding[] {
  const details = at(file, "Categories.MatchedDetails");
  if (typeof details !== "object" || details === null) return [];
  return Object.entries(details)
    .flatMap(([name, detail]: [string, unknown]) => {
      const points = at(detail, "PointsOfInterest");
      return (Array.isArray(points) ? points : []).flatMap((point: unknown): TimedFinding[] => {
        const startMs = numberOrNull.parse(at(point, "BeginOffsetMillis")) ?? null;
        const endMs = numberOrNull.parse(at(point, "EndOffsetMillis")) ?? null;
        return startMs === null || endMs === null ? [] : [{ name: name.slice(0, 200), startMs, endMs }];
      });
    })
    .slice(0, mostFindings);
}

/** The loudness of a turn, a score for each second; undefined where the file gives none. Contact Lens writes the name without an s. */
export function loudnessIn(turn: unknown): (number | null)[] | undefined {
  const list = at(turn, "LoudnessScores") ?? at(turn, "LoudnessScore");
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const scores = list.slice(0, mostSeconds).map((each: unknown) => numberOrNull.parse(each) ?? null);
  return scores.every((score) => score === null) ? undefined : scores;
}

/** A turn with what was found in it. */
export interface FoundTurn {
  readonly turn: Turn;
  readonly found: readonly DraftFinding[];
  readonly loudness: readonly (number | null)[] | undefined;
}

/** What was found, on the words of the turns: those that a finding touches, or by whose middle it was met. In order of start. */
export function placeFindings(turns: readonly FoundTurn[], timed: readonly TimedFinding[]): VendorFinding[] {
  const inText = turns.flatMap(({ turn, found }) => {
    if (found.length === 0) return [];
    const places = wordPlaces(turn);
    return found.map(({ kind, name, from, to }): VendorFinding => {
      const words = turn.words.filter((_, index) => {
        const place = places[index];
        return place != null && place.start < to && place.end > from;
      });
      return onWords(kind, name, turn, words);
    });
  });
  const inTime = timed.flatMap(({ name, startMs, endMs }) =>
    turns.flatMap(({ turn }): VendorFinding[] => {
      if (turn.startMs >= endMs || turn.endMs <= startMs) return [];
      const words = turn.words.filter((word) => word.endMs > startMs && word.startMs < endMs);
      return turn.words.length > 0 && words.length === 0 ? [] : [onWords("category", name, turn, words)];
    }),
  );
  return [...inText, ...inTime].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

function onWords(kind: VendorFinding["kind"], name: string, turn: Turn, words: Turn["words"]): VendorFinding {
  return {
    kind,
    name,
    turnId: turn.id,
    wordIds: words.map(({ id }) => id),
    startMs: words[0]?.startMs ?? turn.startMs,
    endMs: words.at(-1)?.endMs ?? turn.endMs,
  };
}

/** The loudness of every turn that has one, in order of start. */
export function placeLoudness(turns: readonly FoundTurn[]): VendorLoudness[] {
  return turns.flatMap(({ turn: { participantId, startMs }, loudness }): VendorLoudness[] =>
    loudness === undefined ? [] : [{ participantId, startMs, scores: [...loudness] }],
  );
}
