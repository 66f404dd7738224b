import { withSuggestion } from "../../../app/conformity/answer.ts";
import type { Written } from "../../../app/conformity/writing/written.ts";
import { EarmarkError, type Failure, toFailure } from "../../../app/contract/errors.ts";
import type { Writer } from "../../../app/ports.ts";
import type { SentimentsOf } from "../pipeline/categoriser.ts";
import { answersNow, bringEvaluations, judging } from "../pipeline/evaluator.ts";
import type { EvaluationRecord } from "../store/evaluations.ts";
import type { Store } from "../store/store.ts";
import { modelForLedger, openWriter } from "./open-writer.ts";
import { promptsOfLibrary } from "./prompts.ts";
import { answerForm, type WrittenForm, writersQuestions } from "./writer.ts";
import type { WriterWorld } from "./writer-handlers.ts";

/** Has a writer answer questions of evaluations, one evaluation at a time, and keeps what it answered. */
export interface EvaluationWriter {
  /**
   * Begins to answer these questions; those that are being answered already are not asked twice. Resolves when all that was
   * begun is over, however it ended. Throws `writer-none`.
   */
  write(evaluationId: string, questionIds: readonly string[]): Promise<unknown>;
  /** Questions of an evaluation that are being answered now. */
  writing(evaluationId: string): readonly string[];
  /** Why the last attempt for an evaluation came to nothing; null where it did not. */
  failure(evaluationId: string): Failure | null;
}

/** What answering works with. */
export interface EvaluationWriterWorld extends WriterWorld {
  readonly sentimentsOf: SentimentsOf;
  /** Tells pages that an evaluation of this conversation changed. */
  readonly changed: (conversationId: string) => void;
  readonly beforeClosing: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Makes the writer of a library's evaluations. What it needs of the network is opened when the first question is asked. */
export function createEvaluationWriter(world: EvaluationWriterWorld): EvaluationWriter {
  const { store, signal, sentimentsOf, changed, beforeClosing } = world;
  const underWay = new Map<string, Set<string>>();
  const failures = new Map<string, Failure>();
  let last: Promise<unknown> = Promise.resolve();

  const answer = async (id: string, ids: ReadonlySet<string>, writer: Writer): Promise<void> => {
    const record = store.evaluations.get(id);
    const version = record === null ? null : store.checklists.version(record.formId, record.formVersion);
    const judged = record === null ? null : judging(store, record.conversationId, sentimentsOf);
    if (record === null || version === null || judged === null) return;
    const prompts = promptsOfLibrary(store);
    const attention = { signal, onProgress: () => undefined };
    const found = await answerForm(version.form, judged, { writer, prompts, attention }, ids);
    keep(store, record, version.hash, found, sentimentsOf);
  };

  return {
    write(id, questionIds) {
      const record = store.evaluations.get(id);
      if (record === null) throw new EarmarkError("not-found", "There is no such evaluation.", { id });
      const busy = underWay.get(id) ?? new Set<string>();
      const fresh = new Set(questionIds.filter((one) => !busy.has(one)));
      if (fresh.size === 0) return last;
      const writer = openWriter(world);
      for (const one of fresh) busy.add(one);
      underWay.set(id, busy);
      failures.delete(id);
      last = last.then(() =>
        beforeClosing(() => answer(id, fresh, writer))
          .catch((thrown: unknown) => {
            if (!signal.aborted) failures.set(id, toFailure(thrown));
          })
          .finally(() => {
            writer.close();
            for (const one of fresh) busy.delete(one);
            if (busy.size === 0) underWay.delete(id);
            if (!signal.aborted) changed(record.conversationId);
          }),
      );
      changed(record.conversationId);
      return last;
    },
    writing: (id) => [...(underWay.get(id) ?? [])],
    failure: (id) => failures.get(id) ?? null,
  };
}

/** Keeps a writer's answers beside whatever was decided meanwhile, with an entry in the ledger for each. */
function keep(
  store: Store,
  { id, conversationId }: EvaluationRecord,
  formHash: string,
  { suggestions, written }: WrittenForm,
  sentimentsOf: SentimentsOf,
): void {
  store.transaction(() => {
    const record = store.evaluations.get(id);
    const version = record === null ? null : store.checklists.version(record.formId, record.formVersion);
    const judged = judging(store, conversationId, sentimentsOf);
    // What was signed or removed meanwhile stays as it is.
    if (record === null || version === null || judged === null || record.stage === "submitted" || version.hash !== formHash)
      return;
    const asked = new Set(writersQuestions(version.form).map(({ question }) => question.id));
    const answers = answersNow(judged, version.form, record).map((one) => {
      const suggestion = asked.has(one.questionId) ? suggestions.get(one.questionId) : undefined;
      return suggestion === undefined ? one : withSuggestion(one, suggestion);
    });
    store.evaluations.change(id, { answers, basis: "" });
    if (written !== null) {
      store.evaluations.addWriting(id, written);
      for (const one of written.answers) recordAnswer(store, record, formHash, one, written);
    }
  });
  bringEvaluations(store, conversationId, sentimentsOf);
}

function recordAnswer(
  store: Store,
  { id, conversationId, formId, formVersion }: EvaluationRecord,
  formHash: string,
  answer: Written["answers"][number],
  written: Written,
): void {
  const committed = (value: unknown): string => store.ledger.commit(conversationId, value) ?? "";
  store.ledger.append(
    "answer",
    conversationId,
    {
      evaluation: id,
      form: formId,
      formVersion,
      formHash,
      question: answer.id,
      by: "model",
      answer: committed({ value: answer.value, justification: answer.justification }),
      evidence: answer.quotes.length,
      model: modelForLedger(store, conversationId, answer, written),
    },
    "",
  );
}
