import type { AskedPrompt } from "../../../app/conformity/writing/writing.ts";
import { type EarmarkError, fromFailure, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
import type { SentimentsOf } from "../pipeline/categoriser.ts";
import { bringEvaluations } from "../pipeline/evaluator.ts";
import type { Store } from "../store/store.ts";
import type { EvaluationWriter } from "./write-evaluations.ts";
import type { ConversationWriter } from "./write-writings.ts";
import { writersQuestions } from "./writer.ts";
import { promptsToRun } from "./writing-handlers.ts";

/** Writes of conversations by itself when they are ready, where a person has asked for that: after everything else, one at a time. */
export interface ReadyWriter {
  /** A conversation is ready. What waits outlives a closing. */
  ready(conversationId: string): void;
  /** Goes on with what waited when Earmark was closed. */
  start(): void;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
}

/** What writing by itself works with. */
export interface ReadyWriterWorld {
  readonly store: Store;
  readonly conversationWriter: Pick<ConversationWriter, "write">;
  readonly evaluationWriter: Pick<EvaluationWriter, "write" | "failure">;
  readonly sentimentsOf: SentimentsOf;
  /** Tells pages that what was written of a conversation changed. */
  readonly changed: (conversationId: string) => void;
  /** Aborted when the library closes. */
  readonly signal: AbortSignal;
}

/** Makes what writes by itself. */
export function createReadyWriter(world: ReadyWriterWorld): ReadyWriter {
  const { store, changed, signal } = world;
  let work: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    for (;;) {
      const [conversationId] = store.writings.due();
      if (conversationId === undefined || signal.aborted || !isWanted(store)) return;
      const failure = await writeOne(world, conversationId).then(() => null, toFailure);
      // What was under way when Earmark was closed waits for the next time; what a person has stopped does not.
      if (signal.aborted) return;
      store.writings.settleDue(conversationId, failure?.code === "cancelled" ? null : failure);
      changed(conversationId);
    }
  };
  const begin = (): void => {
    work ??= run().finally(() => {
      work = null;
    });
  };
  return {
    ready(conversationId) {
      if (signal.aborted || !isWanted(store)) return;
      store.writings.putDue(conversationId);
      begin();
    },
    start: begin,
    async settled() {
      while (work !== null) await work.catch(() => undefined);
    },
  };
}

/** Whether a person has set a writer up and asked that it write by itself. */
function isWanted({ settings }: Pick<Store, "settings">): boolean {
  const { writer, writing } = settings.get();
  return writer.engine !== "none" && (writing.whenReady || writing.evaluations);
}

async function writeOne(world: ReadyWriterWorld, conversationId: string): Promise<void> {
  const { store, conversationWriter, signal } = world;
  const { writing } = store.settings.get();
  if (writing.whenReady) {
    const missing = notWritten(store, conversationId, promptsToRun(store, { workflowId: writing.workflow ?? undefined }));
    const failure = missing.length === 0 ? null : await conversationWriter.write(conversationId, missing);
    if (failure !== null) throw fromFailure(failure);
  }
  throwIfCancelled(signal);
  if (writing.evaluations) await answerEvaluations(world, conversationId);
}

/** Prompts by which nothing was written of this hearing yet: a conversation that is analysed again is not paid for again. */
function notWritten(store: Store, conversationId: string, prompts: readonly AskedPrompt[]): AskedPrompt[] {
  const wordsHash = store.transcripts.wordsHash(conversationId);
  const there = new Set(
    store.writings.of(conversationId).flatMap(({ writing }) => (writing.wordsHash === wordsHash ? [writing.promptHash] : [])),
  );
  return prompts.filter(({ hash }) => !there.has(hash));
}

/** Has the writer answer those of its questions that have no answer of it. One checklist's failure is no other's. */
async function answerEvaluations(
  { store, evaluationWriter, sentimentsOf }: ReadyWriterWorld,
  conversationId: string,
): Promise<void> {
  bringEvaluations(store, conversationId, sentimentsOf);
  let failed: EarmarkError | null = null;
  for (const { id, formId, formVersion, stage, answers } of store.evaluations.of(conversationId)) {
    const version = stage === "submitted" ? null : store.checklists.version(formId, formVersion);
    if (version === null) continue;
    const answered = new Set(answers?.flatMap((one) => (one.suggestion === null ? [] : [one.questionId])));
    const open = writersQuestions(version.form)
      .map(({ question }) => question.id)
      .filter((one) => !answered.has(one));
    if (open.length === 0) continue;
    await evaluationWriter.write(id, open);
    const failure = evaluationWriter.failure(id);
    if (failure !== null) failed = fromFailure(failure);
  }
  if (failed !== null) throw failed;
}
