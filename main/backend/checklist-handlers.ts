import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { formFromConnect, isConnectForm } from "../../app/conformity/connect-form.ts";
import { formToConnect } from "../../app/conformity/connect-form-write.ts";
import type { CarriedNote } from "../../app/conformity/connect-shape.ts";
import type { Form } from "../../app/conformity/form.ts";
import { plainForm } from "../../app/conformity/form-plain.ts";
import { questionsOf } from "../../app/conformity/form-questions.ts";
import { checkFormText, readForm, writeForm } from "../../app/conformity/form-text.ts";
import type { Handlers } from "../../app/contract/api.ts";
import type { ChecklistView } from "../../app/contract/conformity-views.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { ConformityWorld } from "./conformity-handlers.ts";
import { personNamed } from "./person-name.ts";
import { judging, reviewOf, viewOf } from "./pipeline/evaluator.ts";
import type { ChecklistRecord, ReadyMadeChecklist } from "./store/checklists.ts";
import type { EvaluationRecord } from "./store/evaluations.ts";
import type { Store } from "./store/store.ts";

/** The calls about checklists. */
export type ChecklistCalls = Extract<keyof Handlers, `checklist.${string}`>;

/** A checklist of the library in its latest version. Throws `not-found`. */
export function checklistOf(store: Store, id: string): ChecklistRecord {
  const found = store.checklists.get(id);
  if (found === null) throw new EarmarkError("not-found", "There is no such checklist.", { id });
  return found;
}

/** Answers the calls about checklists. */
export function checklistHandlers({ store, sentimentsOf, emit, sweep }: ConformityWorld): Pick<Handlers, ChecklistCalls> {
  const author = (): string => personNamed(store.settings.get().reviewer);
  const checklist = (id: string): ChecklistRecord => checklistOf(store, id);
  const checklistsChanged = (): void => {
    sweep();
    emit("evaluation.changed", { conversationId: null });
  };

  return {
    "checklist.list": async () => {
      const counts = store.checklists.counts();
      return { checklists: store.checklists.list().map((one) => checklistView(one, counts.get(one.form.id))) };
    },
    "checklist.get": async ({ id, version }) => {
      const latest = checklist(id);
      const one = version === undefined ? latest : store.checklists.version(id, version);
      if (one === null) throw new EarmarkError("not-found", "There is no such version of this checklist.", { id });
      return {
        checklist: checklistView(latest, store.checklists.counts().get(id)),
        form: one.form,
        text: one.text,
        versions: store.checklists.versions(id),
      };
    },
    "checklist.check": async ({ text }) => {
      const { form, faults } = checkFormText(text);
      return { form, faults: [...faults] };
    },
    "checklist.save": async ({ text }) => {
      const form = readForm(text);
      const kept = store.checklists.put(form, text, "person", author());
      checklistsChanged();
      return kept;
    },
    "checklist.enable": async ({ id, enabled }) => {
      store.transaction(() => {
        store.checklists.enable(id, enabled);
        // What nobody touched says nothing that cannot be said again.
        if (!enabled) store.evaluations.removeUntouched(id);
      });
      checklistsChanged();
      return {};
    },
    "checklist.remove": async ({ id }) => {
      const removed = store.transaction(() => {
        store.evaluations.removeUntouched(id);
        return store.checklists.remove(id);
      });
      if (!removed) throw new EarmarkError("not-found", "There is no such checklist.", { id });
      checklistsChanged();
      return {};
    },
    "checklist.import": async ({ text }) => {
      const { form, source, format, notes } = readAnyForm(text);
      const kept = store.checklists.put(form, source, format === "connect" ? "connect" : "person", author());
      checklistsChanged();
      return { ...kept, format, notes };
    },
    "checklist.export": async ({ id, format }) => {
      const { form, text, hash } = checklist(id);
      const written = exportForm(form, text, format);
      store.ledger.append("export", null, { what: "form", format, conversations: 0, content: hash });
      return { fileName: `${id}-${form.version}.${format === "yaml" ? "yaml" : "json"}`, ...written };
    },
    "checklist.preview": async ({ text, conversationId }) => {
      const { form, faults } = checkFormText(text);
      const judged = form === null ? null : judging(store, conversationId, sentimentsOf);
      if (form === null || judged === null) return { evaluation: null, faults: [...faults] };
      const { answers: _, ...draft } = reviewOf(previewRecord(conversationId, form), form, []);
      return { evaluation: viewOf(draft, judged.answerByRule(form, []), judged, []), faults: [] };
    },
  };
}

/** Reads a checklist from whatever it was exported as. */
export function readAnyForm(text: string): {
  readonly form: Form;
  readonly source: string;
  readonly format: "earmark" | "connect";
  readonly notes: string[];
} {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // YAML, or nothing at all: the form's own reader says which.
  }
  if (!isConnectForm(parsed)) return { form: readForm(text), source: text, format: "earmark", notes: [] };
  const { form, notes } = formFromConnect(parsed);
  return { form, source: writeForm(form), format: "connect", notes: notes.map(noteText) };
}

/**
 * The checklists that come with Earmark. Two of them judge every conversation from the start; the others wait to be chosen.
 */
export async function readReadyMadeChecklists(resourcesPath: string): Promise<ReadyMadeChecklist[]> {
  const folder = join(resourcesPath, "checklists");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".yaml")).sort();
  return Promise.all(
    names.map(async (name) => {
      // A file is named after its checklist.
      const id = basename(name, ".yaml");
      return { id, text: await readFile(join(folder, name), "utf8"), enabled: enabledAtFirst.has(id) };
    }),
  );
}

const enabledAtFirst: ReadonlySet<string> = new Set(["service-quality", "disclosure-and-identity"]);

function exportForm(form: Form, text: string, format: "yaml" | "json" | "connect"): { text: string; notes: string[] } {
  if (format === "yaml") return { text, notes: [] };
  if (format === "json") return { text: `${JSON.stringify(plainForm(form), null, 2)}\n`, notes: [] };
  const { form: connect, notes } = formToConnect(form);
  return { text: `${JSON.stringify(connect, null, 2)}\n`, notes: notes.map(noteText) };
}

function noteText({ about, text }: CarriedNote): string {
  return about === null ? text : `${about}: ${text}`;
}

function checklistView(
  { form, origin, enabled, at, hash }: ChecklistRecord,
  evaluations: ChecklistView["evaluations"] = { machine: 0, draft: 0, submitted: 0 },
): ChecklistView {
  const questions = { rule: 0, writer: 0, person: 0 };
  for (const { question } of questionsOf(form)) {
    const by = question.answeredBy;
    questions[typeof by === "string" ? by : "rule" in by ? "rule" : "writer"] += 1;
  }
  const { id, version, title, description, serves } = form;
  return { id, version, title, description, serves, for: form.for, origin, hash, enabled, questions, evaluations, at };
}

/** What stands for an evaluation that is not kept. */
function previewRecord(conversationId: string, form: Form): EvaluationRecord {
  return {
    id: "preview",
    conversationId,
    formId: form.id,
    formVersion: form.version,
    purpose: "standard",
    stage: "machine",
    evaluator: null,
    startedAt: new Date().toISOString(),
    submittedAt: null,
    comment: null,
    answers: null,
    basis: "",
    ...{ percent: null, lowest: null, highest: null, band: null, passed: null, failed: 0, open: 0, stale: 0 },
  };
}
