import type { z } from "zod";
import { unknownKeys } from "../insight/rules.ts";

/** A mistake in a checklist's file: where it is, what is wrong, and what to write instead. */
export interface FormFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the checklist: "sections.0.questions.2.ask"; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** What is wrong by zod's account, for people: what and the remedy. */
export function faultText(issue: z.core.$ZodIssue, names: readonly string[]): Pick<FormFault, "message" | "remedy"> {
  const last = issue.path.at(-1);
  const own = last === undefined ? "This" : typeof last === "number" ? `Entry ${last + 1}` : `'${String(last)}'`;
  const isOurs = !/^(Invalid|Too|Unrecognized|Expected|Required)\b/u.test(issue.message);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownName(issue.keys, names);
    case "invalid_type":
      if (issue.input === undefined) {
        return { message: `${own} is missing.`, remedy: isOurs ? issue.message : `Add ${own} here${kindText(issue.expected)}.` };
      }
      return { message: `${own} is of the wrong kind.`, remedy: isOurs ? issue.message : `Write ${article(issue.expected)}.` };
    case "invalid_value":
      return {
        message: issue.input === undefined ? `${own} is missing.` : `${own} is not one of what it may be.`,
        remedy: isOurs ? issue.message : `Write one of: ${issue.values.map(String).join(", ")}.`,
      };
    case "too_small":
      return { message: `${own} is too small or too short.`, remedy: isOurs ? issue.message : `At least ${issue.minimum}.` };
    case "too_big":
      return { message: `${own} is too large or too long.`, remedy: isOurs ? issue.message : `At most ${issue.maximum}.` };
    case "custom": {
      const remedy: unknown = issue.params?.["remedy"];
      if (typeof remedy === "string") return { message: issue.message, remedy };
      const spelled = /^Nothing is called (.+) here\./u.exec(issue.message)?.[1];
      if (spelled !== undefined)
        return unknownName(
          [...spelled.matchAll(/'([^']*)'/gu)].map(([, name]) => name ?? ""),
          names,
        );
      return halves(issue.message, own);
    }
    default:
      return isOurs ? halves(issue.message, own) : { message: `${own} is not written as it should be.`, remedy: issue.message };
  }
}

/** A message of two sentences tells what is wrong and then what to do; one of one sentence tells what to do. */
function halves(message: string, own: string): Pick<FormFault, "message" | "remedy"> {
  const [first = "", ...rest] = message.split(/(?<=\.)\s+(?=\p{Lu})/u);
  return rest.length === 0 ? { message: `${own} is not right.`, remedy: first } : { message: first, remedy: rest.join(" ") };
}

function unknownName(keys: readonly string[], names: readonly string[]): Pick<FormFault, "message" | "remedy"> {
  const [key = ""] = keys;
  const near = names
    .map((name) => ({ name, apart: distance(key.toLowerCase(), name.toLowerCase()) }))
    .filter(({ apart }) => apart <= Math.max(1, Math.floor(key.length / 3)))
    .sort((a, b) => a.apart - b.apart || (a.name < b.name ? -1 : 1))[0];
  const [message = ""] = unknownKeys(keys).split(/(?<=\.)\s/u);
  return { message, remedy: near === undefined ? "Take it out, or check the spelling." : `Did you mean '${near.name}'?` };
}

/** Letters to add, take out or change (Levenshtein) to make one word of the other; the same letters in another order are one. */
function distance(one: string, other: string): number {
  const sorted = (word: string): string => [...word].sort().join("");
  if (one !== other && sorted(one) === sorted(other)) return 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

function kindText(expected: string): string {
  return expected === "string" || expected === "array" || expected === "object" ? `: ${article(expected)}` : "";
}

function article(expected: string): string {
  switch (expected) {
    case "string":
      return "a text";
    case "number":
    case "int":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "object":
      return "names with values";
    default:
      return `a ${expected}`;
  }
}
