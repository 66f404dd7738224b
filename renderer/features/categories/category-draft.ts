import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Category } from "../../../app/insight/rules.ts";
import { explainRule } from "../../../app/insight/rules-explain.ts";
import { readCategory } from "../../../app/insight/rules-file.ts";
import { writeCategory } from "../../../app/insight/rules-write.ts";

/** What stands in the editor, understood, or what is wrong with it and in which line (from 1). */
export type ReadText =
  | { readonly category: Category; readonly sentence: string; readonly fault: null }
  | { readonly category: null; readonly sentence: null; readonly fault: { readonly line: number; readonly message: string } };

/** Reads the text of the editor. Never throws. */
export function readText(text: string): ReadText {
  try {
    const category = readCategory(text);
    return { category, sentence: explainRule(category.rule), fault: null };
  } catch (thrown) {
    if (!(thrown instanceof EarmarkError)) throw thrown;
    const { line } = thrown.details;
    // The line is shown beside the message, and need not stand in it too.
    const message = thrown.message.replace(/^Line \d+: /u, "");
    return { category: null, sentence: null, fault: { line: typeof line === "number" ? line : 1, message } };
  }
}

/** An id that no category has: the name in small letters and hyphens, with a number where that is taken. */
export function freeId(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^0-9a-z]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, 100);
  const begin = plain === "" ? "category" : plain;
  for (let number = 1; ; number++) {
    const id = number === 1 ? begin : `${begin}-${number}`;
    if (!taken.includes(id)) return id;
  }
}

/** The same category under a name and an id of its own. */
export function copyOf(category: Category, taken: readonly string[]): Category {
  return { ...category, id: freeId(category.id, taken), name: `${category.name} (2)` };
}

/** What a new category begins as: a rule that shows how rules are written, under an id that is free. */
export function newText(taken: readonly string[]): string {
  return writeCategory({
    id: freeId("new-category", taken),
    name: "New category",
    description: "",
    wanted: null,
    kind: null,
    enabled: true,
    rule: { all: [{ said: ["cancel my contract", "want to leave"], by: "customer" }] },
  });
}

/** The address under which a category that is not saved yet is written. */
export const newAddress = "new";
