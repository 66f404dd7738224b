import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import { type AskedPrompt, type Writing, writingsOf } from "../../../app/conformity/writing/writing.ts";
import type { Written } from "../../../app/conformity/writing/written.ts";
import { EarmarkError, type Failure, toFailure } from "../../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../../app/contract/events.ts";
import type { WritingRun } from "../../../app/contract/writing-views.ts";
import type { Writer } from "../../../app/ports.ts";
import { hiddenOf } from "../pipeline/questions-on-words.ts";
import { revisionToRead } from "../pipeline/revision.ts";
import { createPlaces } from "../speech/sagemaker/attempts.ts";
import type { Store } from "../store/store.ts";
import { modelForLedger, openWriter } from "./open-writer.ts";
import { runPrompts } from "./writer.ts";
import type { WriterWorld } from "./writer-handlers.ts";

/** Has a writer write of conversations by prompts, one conversation at a time, and keeps what it wrote. */
export interface ConversationWriter {
  /**
   * Begins to write; what is being written already is not begun twice. Resolves when it is over: with why it came to nothing, or
   * null. Throws `writer-none`, and `not-found` where nothing was heard or read.
   */
  write(conversationId: string, prompts: readonly AskedPrompt[]): Promise<Failure | null>;
  /** Writes by prompts and keeps nothing. Rejects with why it came to nothing. */
  tryOut(
    conversationId: string,
    prompts: readonly AskedPrompt[],
  ): Promise<{ readonly writings: Writing[]; readonly read: ReadRevision }>;
  /** What is being written of a conversation now; null for nothing. */
  run(conversationId: string): WritingRun | null;
  /** Why the last run for a conversation came to nothing; null where it did not. */
  failure(conversationId: string): Failure | null;
  /** Stops whatever is being written of a conversation; of all where none is named. */
  cancel(conversationId: string | null): void;
}

/** What writing works with. */
export interface ConversationWriterWorld extends WriterWorld {
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  readonly beforeClosing: <T>(work: () => Promise<T>) => Promise<T>;
}

interface Run {
  readonly prompts: readonly string[];
  readonly abort: AbortController;
  progress: number | null;
}

/** Pages hear of progress at most this often, in milliseconds. */
const toldEveryMs = 200;

/** Makes the writer of a library's conversations. What it needs of the network is opened when something is written. */
export function createConversationWriter(world: ConversationWriterWorld): ConversationWriter {
  const { store, signal, emit, beforeClosing } = world;
  const runs = new Map<string, Set<Run>>();
  const failures = new Map<string, Failure>();
  const places = createPlaces(1);

  /** Asks the writer when its turn has come. */
  const ask = async (conversationId: string, prompts: readonly AskedPrompt[], writer: Writer, run: Run) => {
    const own = AbortSignal.any([signal, run.abort.signal]);
    return places.take(async () => {
      const read = needed(store, conversationId);
      const hidden = hiddenOf(read.conversation);
      let toldAt = 0;
      const onProgress = (progress: number): void => {
        run.progress = progress;
        if (Date.now() - toldAt < toldEveryMs) return;
        toldAt = Date.now();
        emit("writing.progress", { conversationId, progress });
      };
      onProgress(0);
      const written = await runPrompts(
        prompts.map(({ prompt }) => prompt),
        read,
        { writer, attention: { signal: own, onProgress } },
      );
      return { written, read, writings: writingsOf(written, prompts, read, hidden) };
    }, own);
  };

  const begin = <T>(
    conversationId: string,
    prompts: readonly AskedPrompt[],
    then: (made: Awaited<ReturnType<typeof ask>>) => T,
  ) => {
    needed(store, conversationId);
    const writer = openWriter(world);
    const run: Run = { prompts: prompts.map(({ prompt }) => prompt.id), abort: new AbortController(), progress: null };
    const own = runs.get(conversationId) ?? new Set<Run>();
    runs.set(conversationId, own.add(run));
    const done = beforeClosing(() => ask(conversationId, prompts, writer, run).then(then)).finally(() => {
      writer.close();
      own.delete(run);
      if (own.size === 0) runs.delete(conversationId);
    });
    return done;
  };

  return {
    async write(conversationId, prompts) {
      const busy = new Set([...(runs.get(conversationId) ?? [])].flatMap((run) => run.prompts));
      const fresh = prompts.filter(({ prompt }) => !busy.has(prompt.id));
      if (fresh.length === 0) return null;
      const changed = (): void => {
        if (!signal.aborted) emit("writing.changed", { conversationId });
      };
      const done = begin(conversationId, fresh, ({ writings, written }) => keep(store, conversationId, writings, written));
      failures.delete(conversationId);
      changed();
      try {
        await done;
        store.writings.forgive(conversationId);
        return null;
      } catch (thrown) {
        const failure = toFailure(thrown);
        // What was cancelled is no failure, and neither is a library that closes.
        if (failure.code !== "cancelled") failures.set(conversationId, failure);
        return failure;
      } finally {
        changed();
      }
    },
    tryOut: (conversationId, prompts) => begin(conversationId, prompts, ({ writings, read }) => ({ writings, read })),
    run(conversationId) {
      const own = [...(runs.get(conversationId) ?? [])];
      if (own.length === 0) return null;
      return {
        prompts: own.flatMap((run) => run.prompts),
        progress: own.find(({ progress }) => progress !== null)?.progress ?? null,
      };
    },
    failure: (conversationId) => failures.get(conversationId) ?? store.writings.failureOf(conversationId),
    cancel(conversationId) {
      const some = conversationId === null ? [...runs.values()] : [runs.get(conversationId) ?? []];
      for (const run of some.flatMap((own) => [...own])) run.abort.abort();
    },
  };
}

function needed(store: Store, conversationId: string): ReadRevision {
  const read = revisionToRead(store, conversationId);
  if (read !== null) return read;
  throw new EarmarkError("not-found", "Nothing of this conversation has been heard or read yet.", { id: conversationId });
}

/** Keeps what was written with an entry in the ledger for each, without a word of it there. A prompt's failure is kept like an answer. */
function keep(store: Store, conversationId: string, writings: readonly Writing[], written: Written): void {
  store.transaction(() => {
    for (const one of writings) {
      const answer = { id: one.prompt.id, prompt: one.prompt };
      const { promptHash, value, justification, evidence } = one;
      store.ledger.append(
        "writing",
        conversationId,
        {
          writing: store.writings.add(conversationId, one),
          promptHash,
          text: store.ledger.commit(conversationId, { value, justification }) ?? "",
          evidence: evidence.length,
          model: modelForLedger(store, conversationId, answer, written),
        },
        "",
      );
    }
  });
}
