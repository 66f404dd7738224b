import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readTranscriptFile } from "../../../app/formats/detect.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary } from "../open-library.ts";
import { type CommandFolder, commandFolder, recordedTerminal } from "./chat-library.test-data.ts";
import { exportConversations } from "./export.ts";

let place: CommandFolder;
beforeEach(async () => {
  place = await commandFolder("export");
});
afterEach(() => place.remove());

/** A chat, a call in subtitles, and another chat of the same name; their ids. */
async function imported(): Promise<string[]> {
  const files = {
    "refund.txt": "Customer: مرحبا, my card is 4111 1111 1111 1111.\nAgent: I am so sorry <b>about</b> it & more.\n",
    "call.vtt":
      "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Agent>Hello there.\n\n00:02.500 --> 00:04.000\n<v Customer>A refund, please.\n",
    "REFUND.txt": "Customer: Where is my parcel?\nAgent: It is on its way.\n",
  };
  const ids: string[] = [];
  for (const [name, text] of Object.entries(files)) ids.push(await place.bringIn(name, text));
  return ids;
}

/** How many exports the ledger has noted. */
async function noted(): Promise<number> {
  const open = await openLibrary({ library: place.library });
  try {
    return (await open.call("ledger.find", { kinds: ["export"] })).total;
  } finally {
    await open.close();
  }
}

it("writes one as a file, and as a document that Word can open", async () => {
  const { folder, library } = place;
  const [chat = "", call = ""] = await imported();
  const terminal = recordedTerminal();
  expect(await exportConversations([call], { library, format: "whisperx" }, terminal)).toBe(exitCodes.done);
  expect(readTranscriptFile(terminal.written()).transcript.turns.map(({ text }) => text)).toEqual([
    "Hello there.",
    "A refund, please.",
  ]);

  await expect(exportConversations([chat], { library, format: "docx" }, terminal)).rejects.toMatchObject({
    code: "input-invalid",
  });
  const file = join(folder, "refund.docx");
  expect(await exportConversations([chat], { library, format: "docx", out: file }, terminal)).toBe(exitCodes.done);
  const parts = unzipSync(await readFile(file));
  expect(Object.keys(parts)).toEqual(expect.arrayContaining(["[Content_Types].xml", "word/document.xml"]));
  const xml = strFromU8(parts["word/document.xml"] ?? new Uint8Array());
  expect(isBalanced(xml)).toBe(true);
  const said = xml.replaceAll(/<[^>]*>/gu, "\n");
  for (const part of ["refund", "Who speaks", "Customer", "What is hidden", "card number (1)", "[card number]", "00:00:0"])
    expect(said).toContain(part);
  expect(said).toContain("sorry &lt;b&gt;about&lt;/b&gt; it &amp; more.");
  expect(said).not.toContain("4111");
  // Arabic is read from the right.
  expect(xml).toMatch(/<w:rtl\/>[^م]*مرحبا/u);
  expect(await noted()).toBe(2);
});

it("writes those of a search to a folder, each under a name of its own, and leaves out what a format cannot hold", async () => {
  const { folder, library } = place;
  const [chat = "", call = ""] = await imported();
  const terminal = recordedTerminal();
  const many = join(folder, "out");
  expect(await exportConversations([call], { library, format: "txt", search: "my", out: many }, terminal)).toBe(exitCodes.done);
  expect((await readdir(many)).map((name) => name.toLowerCase()).sort()).toEqual(["call.txt", "refund (2).txt", "refund.txt"]);
  expect(terminal.told()).toContain("3 of 3 written to");

  const voices = join(folder, "voices");
  expect(await exportConversations([chat, call], { library, format: "ctm", out: `${voices}/` }, terminal)).toBe(exitCodes.done);
  expect(await readdir(voices)).toEqual(["call.ctm"]);
  expect(terminal.told()).toContain(`${chat}: left out.`);

  await expect(exportConversations([chat, call], { library, format: "txt" }, terminal)).rejects.toMatchObject({
    code: "input-invalid",
  });
  await expect(exportConversations([chat], { library, format: "ctm" }, terminal)).rejects.toMatchObject({
    code: "format-unsuitable",
  });
  await expect(exportConversations([], { library, format: "txt" }, terminal)).rejects.toMatchObject({ code: "input-invalid" });
  terminal.cancel();
  await expect(exportConversations([chat, call], { library, format: "txt", out: many }, terminal)).rejects.toMatchObject({
    code: "cancelled",
  });
});

/** Whether every tag of an XML text is closed in its order. */
function isBalanced(xml: string): boolean {
  const open: string[] = [];
  for (const [, closing, name = "", ending] of xml.matchAll(/<(\/?)([\w:]+)[^<>]*?(\/?)>/gu)) {
    if (closing === "/") {
      if (open.pop() !== name) return false;
    } else if (ending !== "/") open.push(name);
  }
  return open.length === 0;
}
