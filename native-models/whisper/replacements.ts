import type { Turn, Word } from "../../app/conversation/conversation.ts";
import type { Replacement, Vocabulary } from "../../app/conversation/vocabulary.ts";

/*
 * What a vocabulary puts right after the recogniser has written: whole words, whatever their case, one or several in a
 * row. Times stay those of what was heard, and each word put in keeps what had been written in its place.
 */

/** Applies replacements to turns; those in which nothing is replaced are the same objects. */
export type Replace = (turns: readonly Turn[]) => Turn[];

/** A replacement ready to be looked for. */
interface Rule {
  /** The words to be heard, plain. */
  readonly heard: readonly string[];
  readonly written: readonly string[];
}

/** The replacements of a vocabulary: its own, and each term for what it sounds like. The longest match decides. */
export function replacing({ terms, replacements }: Vocabulary): Replace {
  const all: Replacement[] = [
    ...terms.flatMap(({ term, soundsLike }) => soundsLike.map((heard) => ({ heard, written: term }))),
    ...replacements,
  ];
  // By the first word, so that a turn costs as much as it has words; the longest first, and of two alike the later.
  const rules = new Map<string, Rule[]>();
  for (const { heard, written } of all) {
    const rule = { heard: heard.split(/\s+/u).map(plain).filter(Boolean), written: written.split(/\s+/u).filter(Boolean) };
    const [first] = rule.heard;
    if (first !== undefined && rule.written.length > 0) rules.set(first, [rule, ...(rules.get(first) ?? [])]);
  }
  for (const own of rules.values()) own.sort((a, b) => b.heard.length - a.heard.length);
  if (rules.size === 0) return (turns) => [...turns];
  return (turns) => turns.map((turn) => replacedTurn(turn, rules));
}

function replacedTurn(turn: Turn, rules: ReadonlyMap<string, readonly Rule[]>): Turn {
  const words: Word[] = [];
  let changed = false;
  for (let at = 0; at < turn.words.length; ) {
    const rule = rules.get(plain(turn.words[at]?.text ?? ""))?.find(({ heard }) => matches(turn.words, at, heard));
    const heard = turn.words.slice(at, at + (rule?.heard.length ?? 1));
    const put = rule === undefined ? heard : inPlaceOf(heard, rule.written);
    changed ||= put !== heard;
    words.push(...put);
    at += heard.length;
  }
  return changed ? { ...turn, words, text: words.map(({ text }) => text).join(" ") } : turn;
}

function matches(words: readonly Word[], at: number, heard: readonly string[]): boolean {
  // A stop in between parts two sentences, which are not one term.
  return heard.every((one, i) => {
    const text = words[at + i]?.text;
    return text !== undefined && plain(text) === one && (i === heard.length - 1 || !/[.?!]["')\]]*$/u.test(text));
  });
}

/** Letters and digits in lower case, with what stands between them. */
function plain(text: string): string {
  return text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

/** The written words with the times, the punctuation and the doubts of those heard; the same list when they read alike. */
function inPlaceOf(heard: Word[], written: readonly string[]): Word[] {
  const [first] = heard;
  const last = heard.at(-1);
  if (first === undefined || last === undefined) return heard;
  const before = /^[^\p{L}\p{N}]*/u.exec(first.text)?.[0] ?? "";
  const after = /[^\p{L}\p{N}]*$/u.exec(last.text)?.[0] ?? "";
  const texts = written.map((text, i) => {
    const whole = i === 0 ? before + begun(text, first.text.slice(before.length)) : text;
    // What is written may bring its own stop.
    return i === written.length - 1 && !whole.endsWith(after) ? whole + after : whole;
  });
  const asHeard = heard.map(({ text }) => text).join(" ");
  if (texts.join(" ") === asHeard) return heard;
  const confidences = heard.flatMap(({ confidence }) => confidence ?? []);
  const confidence = confidences.length === 0 ? null : Math.min(...confidences);
  const doubt = heard.find((word) => word.doubt !== undefined)?.doubt;
  const same = texts.length === heard.length;
  const letters = texts.reduce((sum, text) => sum + text.length, 0);
  let said = 0;
  return texts.map((text, i) => {
    const startMs = same ? (heard[i] as Word).startMs : share(first.startMs, last.endMs, said, letters);
    said += text.length;
    const endMs = same ? (heard[i] as Word).endMs : share(first.startMs, last.endMs, said, letters);
    return {
      // An id of its own for each: where there are more words than before, the first one's with its place.
      id: heard[i]?.id ?? `${last.id}.${i}`,
      text,
      startMs,
      endMs: Math.max(startMs, endMs),
      confidence,
      ...(doubt === undefined ? {} : { doubt }),
      heard: asHeard,
    };
  });
}

function share(from: number, to: number, part: number, whole: number): number {
  return Math.round(from + ((to - from) * part) / Math.max(1, whole));
}

/** A term in small letters takes a capital where a sentence began; any other is written as it is given. */
function begun(written: string, heard: string): string {
  const capital = /^\p{Lu}/u.test(heard) && !/^\p{Lu}+$/u.test(heard.slice(0, 2));
  return capital && /^\p{Ll}+$/u.test(written) ? written.charAt(0).toUpperCase() + written.slice(1) : written;
}
