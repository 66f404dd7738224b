import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { categorySchema } from "../../../app/insight/rules.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

/* Conversations in other languages than English, from the file to the last stage. */

let library: OpenedLibrary;
beforeEach(async () => {
  library = await openLibrary();
});
afterEach(() => library.close());

it.each([
  {
    what: "Spanish",
    language: "es",
    lines: [
      "Agente: Buenos días, ¿en qué puedo ayudarle hoy?",
      "Cliente: El servicio es terrible y estoy muy enojado, mi tarjeta es 4012 8888 8888 1881.",
      "Agente: Lo siento mucho, voy a revisar su cuenta ahora mismo.",
      "Cliente: Muchas gracias, es un servicio excelente.",
    ],
    find: "revisar",
    labels: ["negative", "positive"],
  },
  {
    what: "Hindi",
    language: "hi",
    lines: [
      "Agent: नमस्ते, मैं आपकी कैसे मदद कर सकता हूँ?",
      "Customer: यह सेवा बहुत खराब है और मैं बहुत नाराज हूँ, मेरा कार्ड 4012 8888 8888 1881 है।",
      "Agent: मुझे खेद है, मैं आपका खाता अभी देखता हूँ।",
      "Customer: यह सेवा बहुत अच्छा है, धन्यवाद",
    ],
    find: "धन्यवाद",
    labels: ["negative", "positive"],
  },
  {
    what: "Welsh",
    language: "cy",
    lines: [
      "Agent: Bore da, sut galla i eich helpu chi heddiw os gwelwch yn dda?",
      "Customer: Mae'r gwasanaeth yn ofnadwy, ac fy ngherdyn yw 4012 8888 8888 1881.",
      "Agent: Mae'n ddrwg gen i am hynny, byddaf yn edrych ar eich cyfrif yn syth.",
      "Customer: Diolch yn fawr, mae hynny yn ardderchog.",
    ],
    find: "gwasanaeth",
    labels: ["negative", "positive"],
  },
])("$what comes through every stage: read, hidden, felt, found, told apart from what cannot be said of it", async (one) => {
  const rule = { said: one.find };
  await library.call("category.save", { category: categorySchema.parse({ id: "said", name: "Said", rule }) });
  const path = join(library.folder, "chat.txt");
  await writeFile(path, one.lines.join("\n"));
  const id = (await library.bring(path))?.conversationId ?? "";
  const job = await library.settled(id);
  expect(job.stages.map(({ name, state }) => [name, state])).toEqual(
    ["parse", "index", "insight", "categories"].map((name) => [name, "done"]),
  );
  const { conversation, insight } = await library.call("conversation.get", { id });
  expect(conversation.turns).toHaveLength(4);
  expect(JSON.stringify(conversation)).not.toContain("8888");
  expect(conversation.redactions?.map(({ type }) => type)).toEqual(["card-number"]);
  const { turns } = insight?.sentiment ?? { turns: [] };
  expect([turns[1]?.label, turns[3]?.label]).toEqual(one.labels);
  expect((await library.call("library.list", { text: one.find })).total).toBe(1);
  // The cues of issues, actions and outcomes are English: of other languages they claim nothing.
  const { findings, spans } = await library.call("category.results", { conversationId: id });
  expect(findings.map(({ outcome, places }) => [outcome, places[0]?.quote.toLowerCase()])).toEqual([["present", one.find]]);
  expect(spans).toEqual([]);
  const { text } = await library.call("conversation.export", { id, format: "txt" });
  expect(text).toContain(one.lines[2]?.split(": ")[1]);
});
