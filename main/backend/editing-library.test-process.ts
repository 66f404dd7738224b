import { writeSync } from "node:fs";
import { api, type CallInput, type CallName, type CallOutput, type Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { answer, type EventMessage, unpack } from "../../app/contract/transport.ts";
import { type ConversationView, conversationViewSchema } from "../../app/contract/views.ts";
import { shortCall } from "../../app/conversation/call.test-data.ts";
import type { Transcript } from "../../app/conversation/conversation.ts";
import { type EditingWorld, editingHandlers, editingView } from "./editing-handlers.ts";
import { leftBehindHandlers } from "./left-behind-handlers.ts";
import { libraryPaths } from "./library-paths.ts";
import { conversationOf, publishRevision } from "./pipeline/revision.ts";
import { openStore, type Store } from "./store/store.ts";

/*
 * A library with one call in it, and the calls of editing over it, without a queue. Run as a program it corrects the call
 * until it is killed, telling each correction that it has been promised: `node editing-library.test-process.ts FOLDER`.
 */

/** What `openLibrary` gives. */
export interface EditingLibrary {
  readonly store: Store;
  readonly events: EventMessage[];
  /** Calls as a shell does, input and answer held against the contract. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
}

/** Opens a library; a new one gets the short call under the id "call". */
export function openLibrary(folder: string, transcript: Transcript = shortCall()): EditingLibrary {
  const store = openStore(libraryPaths(folder), { clock: { now: () => Date.now() }, version: "0.1.0" });
  if (store.conversations.get("call") === null) {
    store.conversations.insert({
      id: "call",
      kind: "call",
      channel: "voice",
      title: "A call",
      source: { name: "a.wav", sha256: "a", bytes: 1, format: "WAV" },
    });
    store.transcripts.put("call", transcript);
    publishRevision(store, "call");
  }
  const events: EventMessage[] = [];
  const view = (id: string): ConversationView => {
    const conversation = conversationOf(store, id);
    if (conversation === null) throw new EarmarkError("not-found", "There is no such conversation.", { id });
    // What the page is shown beside, of the queue and the sound, has nothing to do with editing.
    return { conversation, ...editingView(store, id) } as ConversationView;
  };
  const world: EditingWorld = {
    store,
    view,
    emit: (name, payload) => events.push({ name, payload } as EventMessage),
    muteAgain: () => undefined,
  };
  const handlers = { ...editingHandlers(world), ...leftBehindHandlers(world) };
  return {
    store,
    events,
    call: async (name, input) => {
      const value = unpack(await answer(handlers as Handlers, name, input));
      const { output } = api[name];
      return (output === conversationViewSchema ? shownSchema : output).parse(value) as CallOutput<typeof name>;
    },
  };
}

const shownSchema = conversationViewSchema.pick({
  conversation: true,
  operations: true,
  revision: true,
  undo: true,
  redo: true,
  stale: true,
  leftBehind: true,
  muted: true,
  tags: true,
});

const [, script = "", folder = ""] = process.argv;
if (script === import.meta.filename) {
  const { call, store } = openLibrary(folder);
  for (let count = store.operations.list("call").length; ; count++) {
    await call("draft.save", { conversationId: "call", place: "turn:t1", text: `typing ${count}` });
    writeSync(1, `draft ${count}\n`);
    await call("conversation.correct", {
      id: "call",
      operation: { kind: "rename-speaker", participantId: "p1", name: `Name ${count}` },
      draft: "turn:t1",
    });
    writeSync(1, `done ${count}\n`);
    if (count % 5 !== 4) continue;
    await call("conversation.undo", { id: "call" });
    writeSync(1, "undone\n");
    await call("conversation.redo", { id: "call" });
    writeSync(1, "redone\n");
  }
}
