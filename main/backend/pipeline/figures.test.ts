import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LibraryRow } from "../../../app/contract/views.ts";
import type { Category } from "../../../app/insight/rules.ts";
import { libraryPaths } from "../library-paths.ts";
import { openStore } from "../store/store.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

let library: OpenedLibrary;
beforeEach(async () => {
  library = await openLibrary();
});
afterEach(() => library.close());

const chat = [
  "Customer: I am furious, this is terrible and I want to cancel my contract.",
  "Agent: I understand. That is great to know, I am happy to help.",
  "Customer: The contract ends on the third of May.",
  "Customer: Thank you so much, that's brilliant.",
].join("\n");
const category: Category = {
  id: "leaving",
  name: "Leaving",
  description: "",
  wanted: null,
  kind: null,
  enabled: true,
  rule: { said: ["cancel my contract"], by: "customer" },
};

async function bring(text: string, name = "chat.txt"): Promise<string> {
  const path = join(library.folder, name);
  await writeFile(path, text);
  const result = await library.bring(path);
  if (result?.conversationId == null) throw new Error(JSON.stringify(result));
  await library.settled(result.conversationId);
  return result.conversationId;
}
async function row(id: string): Promise<LibraryRow> {
  const { rows } = await library.call("library.list", {});
  const found = rows.find((one) => one.id === id);
  if (found === undefined) throw new Error("It is not in the list.");
  return found;
}
/** The row as soon as it is what is waited for. */
async function rowWhen(id: string, holds: (row: LibraryRow) => boolean): Promise<LibraryRow> {
  for (;;) {
    const now = await row(id);
    if (holds(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it("stand in the list with the analysis, and follow a correction and a category's new name", async () => {
  await library.call("category.save", { category });
  const id = await bring(chat);
  const first = await row(id);
  expect(first.topic).toEqual({ name: "Leaving", vendor: null });
  expect(first.agentSentiment).toMatchObject({ vendor: null });
  expect(first.customerSentiment).toMatchObject({ vendor: null });

  await library.call("conversation.correct", { id, operation: { kind: "swap-roles" } });
  // At once: the readings of the turns are the same, and belong to the other side now.
  const swapped = await row(id);
  expect(swapped.customerSentiment?.score).toBe(first.agentSentiment?.score);
  expect(swapped.agentSentiment?.score).toBe(first.customerSentiment?.score);
  expect((await rowWhen(id, (now) => now.state === "done")).topic).toBeNull();
  await library.call("conversation.undo", { id });
  await rowWhen(id, ({ topic }) => topic?.name === "Leaving");

  await library.call("category.save", { category: { ...category, name: "Wants to leave" } });
  await rowWhen(id, ({ topic }) => topic?.name === "Wants to leave");
  await library.call("category.remove", { id: category.id });
  await rowWhen(id, ({ topic }) => topic?.name !== "Wants to leave");
});

it("are worked out again when sentiment is counted otherwise, and for a library that has none yet", async () => {
  const id = await bring(chat);
  const first = await row(id);
  const { language } = await library.call("settings.get", {});
  await library.call("settings.set", { language: { ...language, formula: language.formula === "pca" ? "lca" : "pca" } });
  const counted = await rowWhen(id, ({ customerSentiment }) => customerSentiment?.score !== first.customerSentiment?.score);
  expect(counted.customerSentiment).not.toEqual(first.customerSentiment);

  await library.backend.close();
  const store = openStore(libraryPaths(join(library.folder, "library")), { clock: { now: () => 0 }, version: "0" });
  store.conversations.putFigures(id, { agentSentiment: null, customerSentiment: null, topic: null });
  store.conversations.dropFigures();
  store.close();
  library = await library.again();
  await rowWhen(id, ({ customerSentiment }) => customerSentiment?.score === counted.customerSentiment?.score);
});

it("are the other program's where Earmark has none, with queue, direction and topic out of its file", async () => {
  const file = {
    ConversationAnalytics: {
      LanguageCode: "zu",
      Duration: "4",
      SpeakerLabels: [
        { Speaker: "spk_0", DisplayText: "Agent" },
        { Speaker: "spk_1", DisplayText: "Customer" },
      ],
      SentimentTrends: { spk_1: { SentimentScore: -2.5, SentimentChange: 3, SentimentPerQuarter: [] } },
      Summary: { Topic: "Card 4111 1111 1111 1111 lost" },
      Telephony: { Genesys: { originatingDirection: "inbound", queueIds: ["q-7"] } },
    },
    SpeechSegments: [
      { SegmentSpeaker: "spk_0", SegmentStartTime: 0, SegmentEndTime: 2, DisplayText: "Sawubona, ngingakusiza ngani." },
      { SegmentSpeaker: "spk_1", SegmentStartTime: 2, SegmentEndTime: 4, DisplayText: "Ngicela usizo nge-akhawunti yami." },
    ],
  };
  const id = await bring(JSON.stringify(file), "call_QUEUE_Ignored_outbound.json");
  const found = await row(id);
  expect(found).toMatchObject({
    queue: "q-7",
    direction: "inbound",
    customerSentiment: { score: -2.5, trend: "up", vendor: "Post call analytics result" },
    topic: { vendor: "Post call analytics result" },
  });
  expect(found.topic?.name).toMatch(/lost/u);
  expect(found.topic?.name).not.toMatch(/4111/u);
  const hinted = await row(await bring(chat, "x_QUEUE_Billing_DIR_outbound_y.txt"));
  expect(hinted).toMatchObject({ queue: "Billing", direction: "outbound" });
});
