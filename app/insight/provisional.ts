import type { Transcript, Turn, Word } from "../conversation/conversation.ts";
import { redactPersonalData } from "./redaction.ts";
import { defaultRedactionPolicy, type RedactionPolicy } from "./redaction-policy.ts";
import { lexemes, readAtoms } from "./spoken-digits.ts";

/*
 * Redaction of a call that is still being heard. What a number is may be known only by what is said after it, so what
 * could still turn out to be card data is hidden until enough has been said; what is shown early is never masked later.
 */

/** Digits in a row that are hidden until the whole call is known: a part of a card number may be repeated anywhere. */
const longNumber = 5;
/** Words after a number by which it is settled: as far as a phrase reaches back for the number it is about. */
const settledAfter = 40;
/** Written in the place of what is hidden. */
const hidden = { number: "[number]", date: "[date]" } as const;

const month =
  /^(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)$/u;
/** Read as a zero, and mostly said of other things. */
const soundsOfSurprise: ReadonlySet<string> = new Set(["oh", "o", "nil", "null"]);

/** Turns of a call of which only the beginning has been heard, with all hidden that is or may become card data. */
export function redactProvisional(turns: readonly Turn[], policy: RedactionPolicy = defaultRedactionPolicy): Turn[] {
  const { transcript } = redactPersonalData(
    {
      durationMs: 0,
      language: null,
      participants: [],
      turns: [...turns],
      shortfalls: [],
      provenance: null,
    },
    policy,
  );
  const shown: Turn[] = [];
  let after = 0;
  for (const turn of transcript.turns.toReversed()) {
    shown.push(hideNumbers(turn, after));
    after += turn.words.length;
  }
  return shown.reverse();
}

/** @param after words of the turns that follow. */
function hideNumbers(turn: Turn, after: number): Turn {
  const starts: number[] = [];
  let text = "";
  for (const word of turn.words) {
    starts.push(text.length);
    text += `${word.text} `;
  }
  const all = lexemes(text);
  const wordAt = (lexeme: number) => {
    const start = all[lexeme]?.start ?? 0;
    return starts.findLastIndex((from) => from <= start);
  };
  const found: { from: number; to: number; kind: keyof typeof hidden }[] = [];
  const take = (from: number, to: number, digits: number, kind: keyof typeof hidden) => {
    const last = wordAt(to);
    const behind = after + turn.words.length - 1 - last;
    if (digits >= longNumber || behind < settledAfter) found.push({ from: wordAt(from), to: last, kind });
  };
  /** The lexemes of the digits in a row, and how many digits they are. */
  const run = { from: -1, to: -1, digits: 0 };
  const close = () => {
    const said = run.from < 0 ? [] : all.slice(run.from, run.to + 1);
    if (said.some((lexeme) => !soundsOfSurprise.has(lexeme.text))) take(run.from, run.to, run.digits, "number");
    run.from = -1;
    run.digits = 0;
  };
  for (const atom of readAtoms(all)) {
    if (atom.kind === "digits") {
      if (run.from < 0) run.from = atom.from;
      run.to = atom.to;
      run.digits += atom.digits.length;
      continue;
    }
    if (atom.kind === "other") close();
    if (month.test(all[atom.from]?.text ?? "")) take(atom.from, atom.to, 0, "date");
  }
  close();
  if (found.length === 0) return turn;
  const words = turn.words.map((word, index): Word => {
    const one = found.find(({ from, to }) => index >= from && index <= to);
    if (one === undefined || word.redaction !== undefined) return word;
    const { heard: _, ...rest } = word;
    return { ...rest, text: index === one.from ? hidden[one.kind] : "", redaction: one.kind };
  });
  return { ...turn, words, text: joined(words) };
}

function joined(words: readonly Word[]): string {
  return words.flatMap(({ text }) => (text === "" ? [] : [text])).join(" ");
}

/** Lets go of what was heard before a replacement where that has a number in it: redaction reads what is written. */
export function forgetHeardNumbers(transcript: Transcript): Transcript {
  const tells = ({ heard }: Word) => heard !== undefined && readAtoms(lexemes(heard)).some(({ kind }) => kind === "digits");
  if (!transcript.turns.some(({ words }) => words.some(tells))) return transcript;
  const turns = transcript.turns.map((turn) => ({
    ...turn,
    words: turn.words.map((word) => {
      if (!tells(word)) return word;
      const { heard: _, ...rest } = word;
      return rest;
    }),
  }));
  return { ...transcript, turns };
}
