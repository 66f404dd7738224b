import type { Transcript, Turn, Word } from "./conversation.ts";

/*
 * Times for the words of a transcript that has none: the recording is heard anew, what was heard is held against what is
 * written, and each word takes the time of the same word heard. Words that were not heard stand between their neighbours.
 * The two are aligned as texts are compared, by the fewest insertions, deletions and replacements, within a band around
 * the diagonal (Sakoe and Chiba, 1978).
 */

/** Half the width of the band in words: so many more words may one text have than the other at any place. */
const leastBand = 300;
/** Most cells that are looked at; beyond, the band is made narrower. */
const mostCells = 60_000_000;
/** What one step costs. A word replaced by another is dearer than one left out, cheaper than both texts going on alone. */
const skipCost = 2;
const replaceCost = 3;
/** How long a word is taken to be where its neighbours say nothing. */
const wordMs = 350;

interface Written {
  readonly turn: number;
  readonly text: string;
}

/** Where and how surely a written word was heard. */
interface Place {
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number | null;
}

/**
 * The transcript with times for its words, taken from another hearing of the same recording. Turns begin and end with
 * their words; turns that have words with times already keep them. Gives the transcript back as it is where nothing of it was heard.
 */
export function placeWords(transcript: Transcript, heard: Transcript): Transcript {
  const written = transcript.turns.flatMap((turn, index): Written[] => wordsIn(turn.text).map((text) => ({ turn: index, text })));
  const spoken = heard.turns.flatMap(({ words }) => words).toSorted((a, b) => a.startMs - b.startMs);
  const matches = align(
    written.map(({ text }) => plain(text)),
    spoken.map(({ text }) => plain(text)),
  );
  if (!matches.some((match) => match >= 0)) return transcript;
  const places = placesOf(written, spoken, matches, heard.durationMs);
  const byTurn = Map.groupBy(written.keys(), (index) => written[index]?.turn ?? -1);
  let words = transcript.turns.reduce((count, turn) => count + turn.words.length, 0);
  let last = 0;
  const turns = transcript.turns.map((turn, index): Turn => {
    const own = byTurn.get(index) ?? [];
    const first = places[own[0] ?? -1];
    if (turn.words.length > 0) return turn;
    // A turn without a word stays behind the one before it.
    if (first === undefined) return { ...turn, startMs: last, endMs: last };
    const placed = own.map((number): Word => {
      const { startMs, endMs, confidence } = places[number] ?? first;
      words++;
      return {
        id: `w${words}`,
        text: written[number]?.text ?? "",
        startMs,
        endMs,
        confidence,
        ...masked(written[number]?.text ?? ""),
      };
    });
    const endMs = placed.reduce((latest, word) => Math.max(latest, word.endMs), first.endMs);
    last = endMs;
    return { ...turn, startMs: first.startMs, endMs, words: placed };
  });
  return {
    ...transcript,
    durationMs: Math.max(heard.durationMs, ...turns.map(({ endMs }) => endMs)),
    turns: turns.toSorted((a, b) => a.startMs - b.startMs),
    shortfalls: transcript.shortfalls.filter(({ lacks }) => lacks !== "word-times"),
  };
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== "");
}

/** A word as it is compared: small, without marks. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\p{P}\p{S}]+/gu, "");
}

/** What stands for masked data, as `[CARD]`, is marked as such, so that its sound is muted. */
function masked(text: string): Pick<Word, "redaction"> {
  const kind = /^\[([A-Z][A-Z_ -]{1,40})\]\p{P}*$/u.exec(text)?.[1];
  return kind === undefined ? {} : { redaction: kind.toLowerCase().replaceAll(/[_ ]/gu, "-") };
}

/** For each written word the number of the word heard that is it; -1 where none is. */
function align(written: readonly string[], spoken: readonly string[]): Int32Array {
  const matches = new Int32Array(written.length).fill(-1);
  if (written.length === 0 || spoken.length === 0) return matches;
  const difference = Math.abs(written.length - spoken.length);
  const band = Math.min(difference + leastBand, Math.max(leastBand, Math.floor(mostCells / (2 * written.length))));
  const width = 2 * band + 1;
  const slope = spoken.length / written.length;
  /** The first word heard that row `row` looks at. */
  const begin = (row: number): number => Math.round(row * slope) - band;
  // [written + 1, width]: 1 both go on, 2 the written word is skipped, 3 the heard one is.
  const steps = new Uint8Array((written.length + 1) * width);
  let before = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  let costs = new Float64Array(width);
  for (let row = 0; row <= written.length; row++) {
    const from = begin(row);
    const shift = from - begin(row - 1);
    costs.fill(Number.POSITIVE_INFINITY);
    for (let cell = 0; cell < width; cell++) {
      const column = from + cell;
      if (column < 0 || column > spoken.length) continue;
      let best = row === 0 && column === 0 ? 0 : Number.POSITIVE_INFINITY;
      let step = 0;
      const above = row > 0 ? (before[cell + shift] ?? Number.POSITIVE_INFINITY) + skipCost : Number.POSITIVE_INFINITY;
      if (above < best) [best, step] = [above, 2];
      const left = cell > 0 ? (costs[cell - 1] ?? Number.POSITIVE_INFINITY) + skipCost : Number.POSITIVE_INFINITY;
      if (left < best) [best, step] = [left, 3];
      if (row > 0 && column > 0) {
        const same = written[row - 1] === spoken[column - 1] && written[row - 1] !== "";
        const both = (before[cell + shift - 1] ?? Number.POSITIVE_INFINITY) + (same ? 0 : replaceCost);
        if (both <= best) [best, step] = [both, 1];
      }
      costs[cell] = best;
      steps[row * width + cell] = step;
    }
    [before, costs] = [costs, before];
  }
  let column = spoken.length;
  for (let row = written.length; row > 0 || column > 0; ) {
    const step = steps[row * width + column - begin(row)] ?? 0;
    if (step === 0) break;
    if (step === 1 && written[row - 1] === spoken[column - 1] && written[row - 1] !== "") matches[row - 1] = column - 1;
    if (step !== 3) row--;
    if (step !== 2) column--;
  }
  return matches;
}

/** A place for every written word: that of the word heard, or its share of the time between those that were. */
function placesOf(written: readonly Written[], spoken: readonly Word[], matches: Int32Array, durationMs: number): Place[] {
  const places: Place[] = [];
  let index = 0;
  while (index < written.length) {
    const word = spoken[matches[index] ?? -1];
    if (word !== undefined) {
      places.push({ startMs: word.startMs, endMs: word.endMs, confidence: word.confidence });
      index++;
      continue;
    }
    let to = index;
    while (to < written.length && (matches[to] ?? -1) < 0) to++;
    places.push(
      ...between(written.slice(index, to), places.at(-1)?.endMs ?? null, spoken[matches[to] ?? -1]?.startMs ?? null, durationMs),
    );
    index = to;
  }
  return places;
}

/** Words shared out over a gap by their length; next to its open side where the gap has one. */
function between(words: readonly Written[], after: number | null, until: number | null, durationMs: number): Place[] {
  const wanted = words.length * wordMs;
  const startMs = after ?? Math.max(0, (until ?? 0) - wanted);
  const endMs = Math.max(startMs, until ?? Math.min(durationMs, startMs + wanted));
  const whole = words.reduce((sum, { text }) => sum + text.length, 0);
  let passed = 0;
  return words.map(({ text }) => {
    const at = (letters: number): number => Math.round(startMs + ((endMs - startMs) * letters) / Math.max(1, whole));
    const place = { startMs: at(passed), endMs: at(passed + text.length), confidence: null };
    passed += text.length;
    return place;
  });
}
