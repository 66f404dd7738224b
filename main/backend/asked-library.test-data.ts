import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { CallOutput, Handlers } from "../../app/contract/api.ts";
import type { NewQuestion, QuestionAgain } from "../../app/contract/question-views.ts";
import { writerSettingsSchema } from "../../app/contract/writer-views.ts";
import { made } from "../../app/insight/categories.test-data.ts";
import type { LedgerEntry } from "../../app/report/chain.ts";
import { libraryPaths } from "./library-paths.ts";
import { openClips } from "./media/clips.ts";
import { publishRevision } from "./pipeline/revision.ts";
import { questionHandlers } from "./question-handlers.ts";
import { openStore, type Store } from "./store/store.ts";
import { earmarkFolder } from "./surroundings.ts";
import { readReadyMadePrompts } from "./writer/prompts.ts";

/** Who says what, turn by turn. */
export type Said = Parameters<typeof made>[0];
type Calls = Pick<Handlers, Extract<keyof Handlers, `question.${string}`>>;

/** How often and how soon is tried again. */
export const rule = { attempts: 3, firstMs: 1, longestMs: 2 };

/** A library whose conversations are asked. */
export interface AskedLibrary {
  readonly store: Store;
  /** Of the last start. */
  readonly calls: Calls;
  /** Brings in a conversation; null: nothing was heard of it. */
  insert(id: string, said: Said | null, title?: string): void;
  /** Sets the endpoint up as the writer. */
  setUp(more?: object): void;
  /** Agrees to what asking would do, and asks; answers with the question's id. */
  asked(question: NewQuestion): Promise<string>;
  /** Waits until nothing of a question is under way. */
  settled(id: string): Promise<void>;
  answersOf(id: string): Promise<CallOutput<"question.answers">["answers"]>;
  /** Agrees to asking again, and waits for the answers; answers with how many were asked. */
  again(id: string, which?: QuestionAgain["which"], conversationId?: string): Promise<number>;
  entriesOf(kind: string): LedgerEntry[];
  /** Ends what is under way as closing does, and starts anew on the same store. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty library, whose writer is to be an endpoint at this address. */
export async function openAskedLibrary(endpointUrl: string): Promise<AskedLibrary> {
  const root = await mkdtemp(join(tmpdir(), "earmark-questions-"));
  const store = openStore(libraryPaths(root), { clock: { now: () => Date.parse("2026-11-21T10:00:00Z") }, version: "0" });
  store.prompts.putReadyMade(await readReadyMadePrompts(join(earmarkFolder, "resources")));
  const start = async () => {
    const ended = new AbortController();
    const underWay: Promise<unknown>[] = [];
    const clips = await openClips(join(root, "clips"), () => Promise.reject(new Error("No sound is cut here.")), ended.signal);
    const calls: Calls = questionHandlers({
      options: {},
      paths: libraryPaths(root),
      store,
      clips,
      signal: ended.signal,
      emit: () => undefined,
      rule,
      beforeClosing(work) {
        const done = work();
        underWay.push(done);
        return done;
      },
    });
    const end = async (): Promise<void> => {
      ended.abort();
      await Promise.allSettled(underWay);
    };
    return { calls, end };
  };
  let now = await start();
  const settled = (id: string): Promise<void> =>
    expect.poll(async () => (await now.calls["question.get"]({ id })).underWay, { timeout: 8_000 }).toBe(false);

  return {
    store,
    get calls() {
      return now.calls;
    },
    insert(id, said, title = id) {
      const source = { name: `${id}.wav`, sha256: id, bytes: 1, format: "" };
      const startedAt = "2026-11-20T10:00:00.000Z";
      store.conversations.insert({ id, kind: "call", channel: "voice", title, startedAt, source, durationMs: 60_000 });
      if (said === null) return;
      const { turns, participants, durationMs, language, shortfalls, provenance } = made(said);
      store.transcripts.put(id, { turns, participants, durationMs, language, shortfalls, provenance });
      store.transaction(() => publishRevision(store, id));
    },
    setUp(more = {}) {
      const prices = { inputPrice: 3, outputPrice: 15 };
      const writer = { engine: "endpoint", endpointUrl, endpointModel: "some-model", ...prices, ...more };
      store.settings.set({ writer: writerSettingsSchema.parse(writer) });
    },
    async asked(question) {
      const { agreement } = await now.calls["question.plan"]({ question });
      return (await now.calls["question.ask"]({ question, agreement })).id;
    },
    settled,
    answersOf: async (id) => (await now.calls["question.answers"]({ id, of: { state: "all" }, offset: 0, limit: 100 })).answers,
    async again(id, which = "unanswered", conversationId) {
      const again = { id, which, ...(conversationId === undefined ? {} : { conversationId }) };
      const { agreement, conversations } = await now.calls["question.plan"]({ again });
      await now.calls["question.again"]({ again, agreement });
      await settled(id);
      return conversations;
    },
    entriesOf: (kind) => store.ledger.entries(0, 1_000).filter((one) => one.kind === kind),
    async restart() {
      await now.end();
      now = await start();
    },
    async close() {
      await now.end();
      store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
