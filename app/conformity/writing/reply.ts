import { z } from "zod";
import { assertNever } from "../../assert-never.ts";
import { tokensOf } from "../../insight/rules-words.ts";
import { type Asked, fitsAsked, shapeText, type WrittenValue } from "./asked.ts";
import { type RenderedTranscript, type RenderedTurn, unescapeData, visible } from "./rendering.ts";
import type { AskMode } from "./request.ts";
import type { Fault, WrittenQuote } from "./written.ts";

/*
 * Reading what a model answered. Nothing is believed: the value has to be one that the question has, every quote has to
 * stand in the transcript at its ids, and what was not said has to be named. Each answer stands or falls alone.
 */

const quoteSchema = z.object({ from: z.string().max(40), to: z.string().max(40), words: z.string().max(20_000) });
const replySchema = z.object({ answers: z.array(z.unknown()).max(1_000) });
const answerSchema = z.object({
  question: z.string().max(200),
  status: z.enum(["answered", "not-applicable", "cannot-tell"]),
  basis: z.enum(["words", "absence"]).nullish(),
  quotes: z.array(quoteSchema).max(100).nullish(),
  searched: z.string().max(4_000).nullish(),
  justification: z.string().max(8_000).nullish(),
  confidence: z.number().min(0).max(1).nullish().catch(null),
  options: z.union([z.array(z.string().max(200)).max(200), z.string().transform((one) => [one])]).nullish(),
  number: z.number().nullish(),
  text: z.string().max(20_000).nullish(),
  date: z.string().max(40).nullish(),
  items: z
    .array(
      z.object({
        values: z.record(z.string(), z.union([z.string().max(4_000), z.null()])),
        quotes: z.array(quoteSchema).max(50).nullish(),
      }),
    )
    .max(100)
    .nullish(),
});
type RawAnswer = z.infer<typeof answerSchema>;
type RawQuote = z.infer<typeof quoteSchema>;

/** A quote that was found, and whose words it is. */
export interface FoundQuote extends WrittenQuote {
  /** Of the turn, from 1. */
  readonly number: number;
  readonly speaker: string;
}

/** What was read of the answer to one question. */
export type AnswerReading =
  | {
      readonly kind: "proven";
      readonly value: WrittenValue;
      readonly quotes: readonly FoundQuote[];
      readonly searched: string | null;
      readonly justification: string;
      readonly confidence: number | null;
    }
  /** The model leaves it open; what it quotes all the same has been found. */
  | { readonly kind: "open"; readonly justification: string; readonly quotes: readonly FoundQuote[] }
  | { readonly kind: "wrong"; readonly faults: readonly Fault[] };

/** What answers are held against. */
export interface ReplyContext {
  readonly asked: readonly Asked[];
  readonly rendered: RenderedTranscript;
  readonly mode: AskMode;
  /** Numbers of the turns that speak to a machine. */
  readonly suspicious: ReadonlySet<number>;
}

/** Reads the input of the tool: for every question that was asked, what came of it. */
export function readAnswers(input: unknown, context: ReplyContext): Map<string, AnswerReading> {
  const reply = replySchema.safeParse(input);
  const given = new Map<string, unknown[]>();
  for (const one of reply.success ? reply.data.answers : []) {
    const id = z.object({ question: z.string() }).safeParse(one).data?.question;
    if (id !== undefined) given.set(id, [...(given.get(id) ?? []), one]);
  }
  return new Map(
    context.asked.map((asked): [string, AnswerReading] => {
      const [first, ...others] = given.get(asked.id) ?? [];
      if (first === undefined) return [asked.id, wrong("missing", "There is no answer to this question.")];
      if (others.length > 0) return [asked.id, wrong("shape", "This question is answered more than once.")];
      const parsed = answerSchema.safeParse(first);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        return [asked.id, wrong("shape", `The answer is not of the tool's schema: ${issue?.path.join(".") ?? ""}.`)];
      }
      return [asked.id, readOne(asked, parsed.data, context)];
    }),
  );
}

function wrong(code: Fault["code"], text: string): AnswerReading {
  return { kind: "wrong", faults: [{ code, text }] };
}

function readOne(asked: Asked, raw: RawAnswer, context: ReplyContext): AnswerReading {
  const { rendered, suspicious, mode } = context;
  const justification = visible(raw.justification ?? "").slice(0, 2_000);
  const faults: Fault[] = [];
  const quotes: FoundQuote[] = [];
  const take = (all: readonly RawQuote[] | null | undefined): number[] =>
    (all ?? []).flatMap((one) => {
      const found = findQuote(one, rendered);
      if ("code" in found) {
        faults.push(found);
        return [];
      }
      const known = quotes.findIndex((other) => isSame(other, found));
      return known >= 0 ? [known] : [quotes.push(found) - 1];
    });
  take(raw.quotes);
  const items = (raw.items ?? []).map(({ values, quotes: own }) => ({
    fields: Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, visible(value)]])),
    ),
    quotes: take(own),
  }));

  if (raw.status === "cannot-tell") {
    return faults.length > 0 && mode === "gather" ? { kind: "wrong", faults } : { kind: "open", justification, quotes };
  }
  const value = givenValue(asked, raw, items);
  if (raw.status === "not-applicable" && !asked.mayNotApply) {
    faults.push({ code: "not-applicable-refused", text: "This question may not be answered with not-applicable." });
  } else if (value === null || !fitsAsked(asked, value)) {
    faults.push({ code: "value-unfit", text: `The value does not fit. ${shapeText(asked)}` });
  }
  const absent = raw.basis === "absence" || (value?.kind === "list" && value.items.length === 0 && quotes.length === 0);
  const searched = visible(raw.searched ?? "");
  if (absent) {
    if (mode === "gather") faults.push({ code: "absence-in-part", text: "A part cannot show what was not said in the whole." });
    else if (searched === "")
      faults.push({ code: "absence-unsaid", text: "Basis absence needs in 'searched' what was looked for." });
    if (suspicious.size > 0) {
      faults.push({
        code: "speaks-to-machine",
        text: "Somebody speaks to the machine in this conversation: that nothing was found proves nothing.",
      });
    }
  } else {
    if (quotes.length === 0 && faults.length === 0) {
      faults.push({ code: "no-evidence", text: "The answer has no quote. Quote the words that settle it." });
    }
    if (value?.kind === "list" && value.items.some((item) => item.quotes.length === 0)) {
      faults.push({ code: "no-evidence", text: "Every entry needs a quote of its own." });
    }
  }
  const spoken = [...new Set(quotes.map(({ number }) => number))].filter((number) => suspicious.has(number));
  if (spoken.length > 0) {
    faults.push({
      code: "speaks-to-machine",
      text: `Turn ${spoken.join(" and ")} speaks to the machine, and the answer rests on it.`,
    });
  }
  if (value?.kind === "not-applicable" && suspicious.size > 0 && spoken.length === 0 && !absent) {
    faults.push({
      code: "speaks-to-machine",
      text: "Somebody speaks to the machine in this conversation, and this takes a question away.",
    });
  }
  if (faults.length > 0 || value === null) return { kind: "wrong", faults };
  const { confidence = null } = raw;
  return { kind: "proven", value, quotes, searched: absent ? searched : null, justification, confidence };
}

function isSame(one: FoundQuote, other: FoundQuote): boolean {
  return (
    one.turnId === other.turnId && one.text === other.text && one.startMs === other.startMs && one.wordIds[0] === other.wordIds[0]
  );
}

function givenValue(
  { shape }: Asked,
  raw: RawAnswer,
  items: readonly { readonly fields: Record<string, string>; readonly quotes: number[] }[],
): WrittenValue | null {
  if (raw.status === "not-applicable") return { kind: "not-applicable" };
  switch (shape.kind) {
    case "choice":
      return raw.options == null || raw.options.length === 0 ? null : { kind: "choice", options: raw.options };
    case "number":
      return raw.number == null ? null : { kind: "number", number: raw.number };
    case "text":
      return raw.text == null ? null : { kind: "text", text: visible(raw.text) };
    case "date":
      return z.iso.date().safeParse(raw.date).success && raw.date != null ? { kind: "date", date: raw.date } : null;
    case "list":
      return raw.items == null ? null : { kind: "list", items: [...items] };
    default:
      return assertNever(shape);
  }
}

/** The words at a quote's ids where they are what it says; else what is wrong with it. */
export function findQuote(raw: RawQuote, rendered: RenderedTranscript): FoundQuote | Fault {
  const name = `The quote ${clean(raw.from)} to ${clean(raw.to)}`;
  const from = rendered.word(raw.from.trim());
  const to = rendered.word(raw.to.trim());
  if (from === undefined || to === undefined) {
    return { code: "quote-unknown", text: `${name}: no word has the id ${clean(from === undefined ? raw.from : raw.to)}.` };
  }
  if (from.turn !== to.turn) return { code: "quote-across-turns", text: `${name} goes over turns. Quote each turn by itself.` };
  if (from.at > to.at) return { code: "quote-backwards", text: `${name} ends before it begins.` };
  const { turn } = from;
  const words = turn.words.slice(from.at, to.at + 1);
  const stands = compared(words.map(({ text }) => text).join(" "));
  const said = compared(unescapeData(raw.words));
  if (stands === "") return { code: "quote-empty", text: `${name} has no words in it.` };
  if (stands !== said) return { code: "quote-not-verbatim", text: `${name} is not what stands there.` };
  return { ...placeOf(turn, from.at, to.at), number: turn.number, speaker: turn.speaker };
}

/** An id as it may be told again: what a model made up is not repeated to it. */
function clean(id: string): string {
  return /^\d{1,6}\.\d{1,6}$/u.test(id.trim()) ? id.trim() : "of no known form";
}

/** The compared words of a text, written together: where a model parts them does not matter. */
function compared(text: string): string {
  return tokensOf(visible(text))
    .map((token) => token.text)
    .join("");
}

function placeOf(turn: RenderedTurn, at: number, end: number): WrittenQuote {
  const first = turn.words[at];
  const last = turn.words[end];
  const { id: turnId, words, startMs, endMs, text } = turn.turn;
  if (first === undefined || last === undefined) throw new RangeError("A quote lies outside of its turn.");
  if (first.index === null || last.index === null) {
    const chars = { from: first.from, to: last.to };
    return { turnId, wordIds: [], chars, role: turn.role, startMs, endMs, text: text.slice(chars.from, chars.to) };
  }
  const own = words.slice(first.index, last.index + 1);
  return {
    turnId,
    wordIds: own.map(({ id }) => id),
    chars: null,
    role: turn.role,
    startMs: own[0]?.startMs ?? startMs,
    endMs: own.at(-1)?.endMs ?? endMs,
    text: turn.words
      .slice(at, end + 1)
      .map((word) => word.text)
      .join(" "),
  };
}

const checksSchema = z.object({
  checks: z
    .array(
      z.object({
        question: z.string(),
        supported: z.enum(["yes", "no", "unsure"]).catch("unsure"),
        reason: z.string().max(4_000).nullish().catch(null),
      }),
    )
    .max(1_000),
});

/** Ids of the questions whose answers a check has found supported. One that is answered twice is so only where both say it. */
export function readChecks(input: unknown): ReadonlySet<string> {
  const parsed = checksSchema.safeParse(input);
  const checks = parsed.success ? parsed.data.checks : [];
  const against = new Set(checks.filter(({ supported }) => supported !== "yes").map(({ question }) => question));
  return new Set(checks.map(({ question }) => question).filter((question) => !against.has(question)));
}
