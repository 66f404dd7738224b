import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { spoken } from "../../app/conversation/call.test-data.ts";
import { categorySchema } from "../../app/insight/rules.ts";
import { categoryHandlers } from "./category-handlers.ts";
import { type EditingLibrary, openLibrary } from "./editing-library.test-process.ts";
import { createCategoriser } from "./pipeline/categoriser.ts";
import { publishRevision } from "./pipeline/revision.ts";

/* What follows from the words and their speakers is made anew in the moment in which they are corrected. */

let folder: string;
let library: EditingLibrary;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-recomputed-"));
  library = openLibrary(folder);
});
afterEach(() => {
  library.store.close();
  rmSync(folder, { recursive: true, force: true });
});

it("categories and figures follow a correction, and a swap of the sides, at once", async () => {
  const { store } = library;
  const heard = store.transcripts.get("call");
  if (heard === null) throw new Error("There is no transcript.");
  store.transcripts.put("call", {
    ...heard,
    turns: [spoken("t1", "p1", 0, "Thank you for calling"), spoken("t2", "p2", 2_000, "My refund is late today")],
  });
  publishRevision(store, "call");
  store.categories.put(categorySchema.parse({ id: "late", name: "Late", rule: { said: ["refund"], by: "customer" } }), "person");
  const categoriser = createCategoriser({ store, changed: () => undefined, signal: new AbortController().signal });
  const results = categoryHandlers({ store, categoriser, changed: () => undefined })["category.results"];
  const found = async () => (await results({ conversationId: "call" })).findings.find(({ id }) => id === "late");
  const agentWords = (view: Awaited<ReturnType<typeof correct>>) => {
    const agent = view.conversation.participants.find(({ role }) => role === "agent")?.id;
    return view.conversation.measures.participants.find(({ participantId }) => participantId === agent)?.words;
  };
  const correct = (operation: Parameters<typeof library.call<"conversation.correct">>[1]["operation"]) =>
    library.call("conversation.correct", { id: "call", operation });

  expect(await found()).toMatchObject({ outcome: "present", places: [{ quote: "refund" }] });
  const swapped = await correct({ kind: "swap-roles" });
  expect([(await found())?.outcome, agentWords(swapped)]).toEqual(["absent", 5]);
  const back = await correct({ kind: "swap-roles" });
  expect([(await found())?.outcome, agentWords(back)]).toEqual(["present", 4]);
  await correct({ kind: "retext-words", wordIds: ["t2b"], text: "parcel" });
  expect((await found())?.outcome).toBe("absent");
});
