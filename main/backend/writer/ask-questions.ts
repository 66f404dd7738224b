import { setImmediate as turn } from "node:timers/promises";
import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import { findPassages } from "../../../app/conformity/writing/passages.ts";
import { groupOf, type KeptAnswer, keptOfWritten } from "../../../app/conformity/writing/question.ts";
import { takenBy } from "../../../app/conformity/writing/written.ts";
import { EarmarkError, throwIfCancelled, toFailure } from "../../../app/contract/errors.ts";
import type { Writer } from "../../../app/ports.ts";
import { bringQuestions, hiddenOf } from "../pipeline/questions-on-words.ts";
import { revisionToRead } from "../pipeline/revision.ts";
import { type AttemptRule, createPlaces, pause } from "../speech/sagemaker/attempts.ts";
import { mayPass } from "../speech/sagemaker/aws-failure.ts";
import type { QuestionRecord } from "../store/questions.ts";
import type { Store } from "../store/store.ts";
import { modelForLedger, openWriter } from "./open-writer.ts";
import { type PromptSet, promptsOfLibrary } from "./prompts.ts";
import { askConversation } from "./writer.ts";
import type { WriterWorld } from "./writer-handlers.ts";

/** Has conversations answer people's questions, some at a time, and keeps each answer as soon as it is there. */
export interface QuestionAsker {
  /** Begins with whatever waits of a question. Throws `writer-none` where a writer is wanted and none is set. */
  begin(id: string): void;
  /** Stops: what was answered is kept, the rest is said to be cancelled. Resolves once nothing of it is under way. */
  cancel(id: string): Promise<void>;
}

/** What asking works with. */
export interface QuestionAskerWorld extends WriterWorld {
  /** Tells pages that answers to a question changed. */
  readonly changed: (id: string) => void;
  readonly beforeClosing: <T>(work: () => Promise<T>) => Promise<T>;
  /** For tests: how long is waited after a service that had no room. */
  readonly rule?: AttemptRule;
}

/** Conversations that are answered at a time, over all questions; and of one question, so that a short one is not kept waiting. */
const conversationsAtATime = 3;
const ofOneQuestion = 2;
/** After so many failures in a row that may pass by themselves the rest is left for another time. Of one conversation it is two. */
const usualPatience: AttemptRule = { attempts: 4, firstMs: 5_000, longestMs: 60_000 };
const attemptsOfOne = 2;

/** Failures that every further conversation would meet, too. */
const lasting: ReadonlySet<string> = new Set([
  "writer-none",
  "aws-credentials-missing",
  "aws-denied",
  "aws-not-found",
  "disk-full",
]);

/** Makes what asks. Nothing is begun by itself: what was under way when Earmark ended waits for a person, because it is sent. */
export function createQuestionAsker(world: QuestionAskerWorld): QuestionAsker {
  const { store, signal, changed, beforeClosing } = world;
  const underWay = new Map<string, { readonly control: AbortController; readonly done: Promise<void> }>();
  const places = createPlaces(conversationsAtATime);

  const run = async (question: QuestionRecord, writer: Writer | null, stopped: AbortSignal): Promise<void> => {
    const { id } = question;
    try {
      const prompts = promptsOfLibrary(store);
      const asking = new QuestionRun(question, { world, writer, prompts, signal: stopped, take: places.take });
      await Promise.all(Array.from({ length: writer === null ? 1 : ofOneQuestion }, (_, index) => asking.work(index)));
      store.questions.putFailure(id, null);
    } catch (thrown) {
      const failure = toFailure(thrown);
      store.questions.stop(stopped.aborted && !signal.aborted ? "cancelled" : "interrupted", id);
      if (failure.code !== "cancelled") store.questions.putFailure(id, failure);
    } finally {
      writer?.close();
    }
  };

  return {
    begin(id) {
      const question = store.questions.get(id);
      if (question === null) throw new EarmarkError("not-found", "There is no such question.", { id });
      // Whatever waits now is found by those who are at it.
      if (underWay.has(id)) return;
      const writer = question.by === "writer" ? openWriter(world, world.rule) : null;
      const control = new AbortController();
      const stopped = AbortSignal.any([signal, control.signal]);
      const done = beforeClosing(() => run(question, writer, stopped)).finally(() => {
        underWay.delete(id);
        if (!signal.aborted) changed(id);
      });
      underWay.set(id, { control, done });
      changed(id);
    },
    async cancel(id) {
      const one = underWay.get(id);
      one?.control.abort();
      await one?.done;
      store.questions.stop("cancelled", id);
      changed(id);
    },
  };
}

/** What a run works with. */
interface RunParts {
  readonly world: QuestionAskerWorld;
  /** Null where this machine's search answers. */
  readonly writer: Writer | null;
  readonly prompts: PromptSet;
  readonly signal: AbortSignal;
  readonly take: ReturnType<typeof createPlaces>["take"];
}

/** One question on its way through its conversations. */
class QuestionRun {
  /** Failures in a row that may pass, and how often each conversation met one. */
  #inARow = 0;
  readonly #met = new Map<string, number>();
  readonly #question: QuestionRecord;
  readonly #parts: RunParts;

  constructor(question: QuestionRecord, parts: RunParts) {
    this.#question = question;
    this.#parts = parts;
  }

  /** Answers one conversation after another until none waits. @throws EarmarkError where the rest cannot be asked either. */
  async work(place: number): Promise<void> {
    const { world, signal, take } = this.#parts;
    const { id } = this.#question;
    for (;;) {
      throwIfCancelled(signal);
      // Where the service has no room, one at a time is enough.
      if (place > 0 && this.#inARow > 0) return;
      const more = await take(async () => {
        const conversationId = world.store.questions.next(id);
        if (conversationId === null) return false;
        await this.#answer(conversationId);
        world.changed(id);
        return true;
      }, signal);
      if (!more) return;
      await this.#wait();
      await turn();
    }
  }

  async #wait(): Promise<void> {
    if (this.#inARow === 0) return;
    const { firstMs, longestMs } = this.#parts.world.rule ?? usualPatience;
    await pause(Math.min(longestMs, firstMs * 2 ** (this.#inARow - 1)), this.#parts.signal);
  }

  async #answer(conversationId: string): Promise<void> {
    const { store, rule = usualPatience } = this.#parts.world;
    const { id } = this.#question;
    try {
      const read = revisionToRead(store, conversationId);
      if (read === null) throw new EarmarkError("not-found", "Nothing of this conversation has been heard or read yet.");
      this.#keep(conversationId, read, await this.#answerOf(read));
      this.#inARow = 0;
    } catch (thrown) {
      throwIfCancelled(this.#parts.signal);
      const failure = toFailure(thrown);
      const passing = thrown instanceof EarmarkError && mayPass(thrown);
      const met = (this.#met.get(conversationId) ?? 0) + 1;
      this.#met.set(conversationId, met);
      if (lasting.has(failure.code) || (passing && met < attemptsOfOne)) store.questions.putBack(id, conversationId);
      else store.questions.failed(id, conversationId, failure);
      if (passing) this.#inARow += 1;
      if (lasting.has(failure.code) || this.#inARow >= rule.attempts) throw thrown;
    }
  }

  async #answerOf(read: ReadRevision): Promise<KeptAnswer> {
    const { writer, prompts, signal } = this.#parts;
    const { text, shape } = this.#question;
    if (writer === null) {
      const evidence = findPassages(text, read);
      return {
        value: null,
        justification: "",
        evidence,
        searched: [],
        faults: [],
        confidence: null,
        prompt: null,
        written: null,
      };
    }
    const attention = { signal, onProgress: () => undefined };
    return keptOfWritten(await askConversation({ text, shape }, read, { writer, prompts, attention }), read);
  }

  /** Keeps an answer with its entry in the ledger, both or neither. */
  #keep(conversationId: string, read: ReadRevision, answer: KeptAnswer): void {
    const { store } = this.#parts.world;
    const { id, shape } = this.#question;
    const { value, justification, evidence, written, prompt } = answer;
    const { key, said } = groupOf(shape, answer);
    const taken = written === null ? { inputTokens: null, outputTokens: null, cost: null } : takenBy(written.calls);
    store.transaction(() => {
      const kept = store.questions.answered(id, conversationId, {
        ...{ answer, group: key, said, hidden: hiddenOf(read.conversation) },
        ...taken,
      });
      // It was removed meanwhile, or its conversation was.
      if (!kept) return;
      store.ledger.append(
        "question",
        conversationId,
        {
          question: id,
          action: "answered",
          by: written === null ? "search" : "model",
          conversations: 1,
          content: store.ledger.commit(conversationId, { value, justification }),
          evidence: evidence.length,
          model:
            written === null || prompt === null ? null : modelForLedger(store, conversationId, { id: "asked", prompt }, written),
        },
        "",
      );
    });
    followMeanwhile(store, conversationId, read.revision);
  }
}

/** What was asked on words that have changed while it was being answered is as stale as if they had changed afterwards. */
function followMeanwhile(store: Store, conversationId: string, revision: string): void {
  const now = revisionToRead(store, conversationId);
  if (now !== null && now.revision !== revision) store.transaction(() => bringQuestions(store, conversationId, () => now));
}
