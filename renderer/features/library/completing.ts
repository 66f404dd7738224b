import {
  choiceFields,
  hasValues,
  isValues,
  type OperatorName,
  operatorNames,
  quoted,
  speakers,
} from "../../../app/conversation/search-query.ts";
import { placedPieces } from "../../../app/conversation/search-values.ts";

/** What the piece of a search at the caret can become. */
export interface Completing {
  /** The piece's place in the text. */
  readonly start: number;
  readonly end: number;
  /** Operators that begin like it, or values that the operator takes; a field whose values have to be asked for. */
  readonly offers:
    | { readonly kind: "operators"; readonly names: readonly OperatorName[] }
    | { readonly kind: "values"; readonly values: readonly string[] }
    | { readonly kind: "ask"; readonly field: AskedField; readonly text: string };
  /** What stands before the value: `-agent:`. */
  readonly before: string;
}

/** Fields whose values only the library knows. */
export type AskedField = "agent" | "customer" | "queue" | "language" | "tag" | "assigned" | "category" | "topic" | "form";
const askedFields: readonly string[] = [
  "agent",
  "customer",
  "queue",
  "language",
  "tag",
  "assigned",
  "category",
  "topic",
  "form",
] satisfies AskedField[];

/** From bad through neither to good. */
const scores = ["-5..-1", "-1..1", "1..5"];
const closed: Readonly<Record<string, readonly string[]>> = {
  ...choiceFields,
  by: speakers,
  is: isValues,
  has: hasValues,
  no: hasValues,
  date: ["today", "yesterday", "7d", "30d"],
  added: ["today", "yesterday", "7d", "30d"],
  before: ["30s", "60s", "5m"],
  after: ["60s", "5m", "10m"],
  sentiment: scores,
  "agent-sentiment": scores,
  "customer-sentiment": scores,
  score: ["..75", "75..90", "90..100"],
};

/** What can be offered for the piece at the caret; null where nothing can. */
export function completing(text: string, caret: number): Completing | null {
  const piece = placedPieces(text).find(({ start, end }) => start < caret && caret <= end);
  if (piece === undefined || piece.quoteAt === 0) return null;
  const written = piece.raw.slice(0, caret - piece.start);
  const operator = /^(-?)((?:agent-|customer-)?[A-Za-z]+)([:=])(.*)$/isu.exec(written);
  const { start, end } = piece;
  if (operator === null) {
    const [, minus = "", begun = ""] = /^(-?)([A-Za-z]+(?:-[A-Za-z]*)?)$/u.exec(written) ?? [];
    if (begun === "") return null;
    const names = operatorNames.filter((name) => name.startsWith(begun.toLowerCase()));
    return names.length === 0 ? null : { start, end, before: minus, offers: { kind: "operators", names } };
  }
  const [, minus = "", name = "", sign = "", value = ""] = operator;
  const before = `${minus}${name}${sign}`;
  const plain = value.replaceAll(/["“”„]/gu, "");
  const field = name.toLowerCase();
  if (askedFields.includes(field))
    return { start, end, before, offers: { kind: "ask", field: field as AskedField, text: plain } };
  // Categories are the same ones whether they are found or looked for in vain.
  if (field === "lacks") return { start, end, before, offers: { kind: "ask", field: "category", text: plain } };
  const values = (closed[field] ?? []).filter((each) => each.startsWith(plain.toLowerCase()));
  return values.length === 0 || (values.length === 1 && values[0] === plain)
    ? null
    : { start, end, before, offers: { kind: "values", values } };
}

/** The search with a value in the place of the piece, and where the caret goes. */
export function completed(text: string, at: Completing, value: string, isOperator: boolean): { text: string; caret: number } {
  const put = isOperator ? `${at.before}${value}:` : `${at.before}${quoted(value)} `;
  const after = text.slice(at.end).replace(isOperator ? "" : /^\s/u, "");
  return { text: `${text.slice(0, at.start)}${put}${after}`, caret: at.start + put.length };
}
