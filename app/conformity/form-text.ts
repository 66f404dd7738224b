import { type Document, isMap, isSeq, parseDocument, stringify } from "yaml";
import { EarmarkError } from "../contract/errors.ts";
import { patternFault } from "../insight/rules-pattern.ts";
import { rulesWithin } from "../insight/rules-walk.ts";
import { checkText, inOrder, refusalOf } from "./checked-text.ts";
import { asRule, criteriaOf } from "./criterion.ts";
import { type Form, formSchema } from "./form.ts";
import type { FormFault } from "./form-faults.ts";
import { formPropertyNames } from "./form-json-schema.ts";
import { plainForm } from "./form-plain.ts";
import { questionsOf } from "./form-questions.ts";

/** Largest file of a checklist that is read, in characters. */
export const largestForm = 2_000_000;

/** What came of reading a checklist: it, or every mistake in order of lines. */
export type FormReading =
  | { readonly form: Form; readonly faults: readonly [] }
  | { readonly form: null; readonly faults: readonly FormFault[] };

/**
 * Reads a checklist as YAML or JSON (which is YAML) and says of every mistake its line, column and path, what is wrong, and
 * what to write instead.
 *
 * @throws EarmarkError `file-too-large` or `file-empty` where there is nothing to tell of lines.
 */
export function checkFormText(text: string): FormReading {
  if (text.length > largestForm) throw new EarmarkError("file-too-large", "This file is too large for a checklist.");
  if (text.trim() === "") throw new EarmarkError("file-empty", "There is no checklist in this file.");
  const {
    value: form,
    faults,
    placed,
  } = checkText(text, formSchema, {
    what: "checklist",
    begin: "Begin with `schema: earmark-checklist/1`, then id, version, title, sections.",
    names: formPropertyNames,
  });
  if (form === null) return { form: null, faults };
  const broken = patternFaults(form).map(({ path, message }) =>
    placed(path, { message: "This pattern cannot be searched for.", remedy: message }),
  );
  return broken.length === 0 ? { form, faults: [] } : { form: null, faults: inOrder(broken) };
}

/**
 * Reads a checklist as `checkFormText` does.
 *
 * @throws EarmarkError `format-malformed` that names the line of the first mistake, what is wrong and what to write instead
 * (details: line, column, path, remedy, faults: how many there are).
 */
export function readForm(text: string): Form {
  const { form, faults } = checkFormText(text);
  if (form !== null) return form;
  throw refusalOf(faults);
}

/**
 * Writes a checklist as YAML, without what is as usual. With the text that it was read from, what did not change keeps its
 * lines, comments included.
 */
export function writeForm(form: Form, original: string | null = null): string {
  const after = plainForm(form);
  const before = original === null ? null : checkedPlain(original);
  if (original === null || before === null) return stringify(after, { lineWidth: 0 });
  const document = parseDocument(original, { version: "1.2" });
  reconcile(document, [], before, after);
  return document.toString({ lineWidth: 0 });
}

function checkedPlain(text: string): unknown {
  try {
    const { form } = checkFormText(text);
    return form === null ? null : plainForm(form);
  } catch {
    return null;
  }
}

/** Changes in the document what differs between the two, and nothing else. */
function reconcile(document: Document, path: (string | number)[], before: unknown, after: unknown): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isRecord(before) && isRecord(after) && isMap(node)) {
    for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) document.deleteIn([...path, key]);
    for (const [key, value] of Object.entries(after)) {
      if (Object.hasOwn(before, key) && document.hasIn([...path, key])) reconcile(document, [...path, key], before[key], value);
      else document.setIn([...path, key], document.createNode(value));
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && isSeq(node) && before.length === node.items.length) {
    const ids = (list: readonly unknown[]): string => JSON.stringify(list.map((one) => (isRecord(one) ? one["id"] : null)));
    const kept = after.slice(0, before.length);
    if (after.length >= before.length && ids(kept) === ids(before)) {
      for (const [index, value] of kept.entries()) reconcile(document, [...path, index], before[index], value);
      for (const value of after.slice(before.length)) document.addIn(path, document.createNode(value));
      return;
    }
    // Taken out or put in another order: entries that are told by an id keep their own lines.
    const nodes = new Map(before.map((one, index) => [isRecord(one) ? one["id"] : undefined, { one, item: node.items[index] }]));
    if (!nodes.has(undefined) && nodes.size === before.length) {
      node.items = after.map((value) => nodes.get(isRecord(value) ? value["id"] : undefined)?.item ?? document.createNode(value));
      for (const [index, value] of after.entries()) {
        const old = nodes.get(isRecord(value) ? value["id"] : undefined);
        if (old !== undefined) reconcile(document, [...path, index], old.one, value);
      }
      return;
    }
  }
  // A scalar that is written over in place keeps the comment behind it.
  document.setIn(path, typeof after === "object" ? document.createNode(after) : after);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function patternFaults(form: Form): { path: (string | number)[]; message: string }[] {
  return questionsOf(form).flatMap(({ question, path }) => {
    if (typeof question.answeredBy !== "object" || !("rule" in question.answeredBy)) return [];
    const rules = criteriaOf(question.answeredBy.rule).flatMap((criterion) => {
      if ("order" in criterion) return [criterion.order.first, criterion.order.before];
      const rule = "all" in criterion || "any" in criterion || "not" in criterion ? null : asRule(criterion);
      return rule === null ? [] : [rule];
    });
    return rules
      .flatMap((rule) => [...rulesWithin(rule)])
      .flatMap((rule) => {
        const message = "pattern" in rule ? patternFault(rule.pattern) : null;
        return message === null ? [] : [{ path: [...path, "answeredBy", "rule"], message }];
      });
  });
}
