import { describe, expect, it } from "vitest";
import { type ColumnMapping, columnMappingSchema } from "./column-mapping.ts";
import { detectFormat, lookAtFile, readTranscriptFile } from "./detect.ts";
import { lexV2Events } from "./format-samples.test-data.ts";
import { isGenesysRecord, readGenesysRecord } from "./genesys.ts";
import {
  genesysChat,
  genesysRecord,
  genesysTranscript,
  otherMapping,
  otherTable,
  rttm,
  slackDay,
  slackUsers,
  smsLog,
  smsTable,
  twilioConversation,
  vcon,
  vconCall,
} from "./message-samples.test-data.ts";
import { readJsonSidecar } from "./sidecar.ts";
import { isSlackExport, slackChannels } from "./slack.ts";

/** Who says what and when, and how it came. */
function look(text: string, mappings: ColumnMapping[] = []) {
  const read = readTranscriptFile(text, { mappings });
  const role = new Map(read.transcript.participants.map((one) => [one.id, one.role]));
  return { ...read, said: read.transcript.turns.map((turn) => [role.get(turn.participantId), turn.startMs, turn.text]) };
}
const json = (value: unknown) => look(JSON.stringify(value));

describe("Twilio", () => {
  it("conversation: the number is the customer, who signed in is the contact centre; attachments and places are told", () => {
    const read = json(twilioConversation);
    expect(read.said).toEqual([
      ["customer", 0, "Hello, where is my parcel?"],
      ["agent", 30_000, "I'll look. [attachment: map.png]"],
    ]);
    expect([read.kind, read.channel, read.startedAt]).toEqual(["chat", "sms", "2026-02-03T10:00:00.000Z"]);
    expect(read.notes).toContainEqual(expect.objectContaining({ level: "ignored", where: "messages[].attributes" }));
    expect(json({ messages: twilioConversation.messages }).said).toEqual(read.said);
  });
  it("text messages as JSON and as a table say the same", () => {
    const read = json(smsLog);
    expect(read.said).toEqual([
      ["customer", 0, "balance please"],
      ["agent", 9_000, "It is 20 pounds."],
    ]);
    expect([read.channel, read.direction]).toEqual(["sms", "inbound"]);
    expect(read.notes).toContainEqual({ level: "kept", what: "Messages that did not arrive: 1.", where: "messages[].status" });
    expect(look(smsTable).said).toEqual([
      ["customer", 0, "balance, please"],
      ["agent", 9_000, "It is 20 pounds."],
    ]);
    expect(json(smsLog.messages).said).toEqual(read.said);
  });
});

describe("Slack", () => {
  const channels = slackChannels([
    { path: "export/users.json", text: JSON.stringify(slackUsers) },
    { path: "export/channels.json", text: JSON.stringify([{ id: "C1", name: "billing" }]) },
    { path: "export/billing/2026-02-03.json", text: JSON.stringify(slackDay) },
  ]);
  it("export: a channel with its people; guests are customers, names stand for ids, threads in order of time", () => {
    const read = json(channels.get("billing"));
    expect(read.title).toBe("#billing");
    expect(read.said).toEqual([
      ["customer", 0, "Hello @Maria, see the bill (https://example.com) & tell me"],
      ["bot", 1_000, "One moment."],
      ["agent", 60_500, "I see it [attachment: bill.pdf]"],
    ]);
    expect(read.transcript.participants.map(({ name }) => name)).toEqual(["Anna Smith", "PayBot", "Maria"]);
    expect(read.notes.map(({ what }) => what)).toEqual([
      "Events of the channel: 1.",
      "Replies in threads stand in order of time: 1.",
    ]);
  });
  it("a day alone reads too, without names", () => {
    expect(json(slackDay).said.map(([, , text]) => text)[0]).toBe("Hello @U001, see the bill (https://example.com) & tell me");
  });
  it("is known by the files of its archive", () => {
    expect(isSlackExport(["users.json", "billing/2026-02-03.json"])).toBe(true);
    expect(isSlackExport(["users.json", "billing/notes.json"])).toBe(false);
    expect(isSlackExport(["a/b/c/users.json", "billing/2026-02-03.json"])).toBe(false);
    expect(() => slackChannels([{ path: "billing/2026-02-03.json", text: "{" }])).toThrow(
      expect.objectContaining({
        code: "format-malformed",
        details: expect.objectContaining({ where: "billing/2026-02-03.json" }),
      }),
    );
  });
});

describe("Genesys", () => {
  it("transcript: instants become times from the beginning, words and moods are kept", () => {
    const read = json(genesysTranscript);
    expect(read.said).toEqual([
      ["customer", 500, "Hi, I'm calling about my bill."],
      ["agent", 4_200, "Sure."],
    ]);
    expect([read.kind, read.startedAt, read.transcript.language]).toEqual(["call", "2026-02-03T10:00:00.000Z", "en-us"]);
    expect(read.transcript.turns[0]?.words[1]).toMatchObject({ text: "bill", startMs: 2_000, endMs: 2_500, confidence: 0.8 });
    expect(read.transcript.turns[0]?.vendor).toEqual({ label: "negative", score: -1 });
  });
  it("messages of a recording", () => {
    const read = json(genesysChat);
    expect(read.said).toEqual([
      ["customer", 0, "Are you there?"],
      ["agent", 10_000, "Yes."],
    ]);
    expect(read.channel).toBe("sms");
  });
  it("record: when it began, through which queue, and no conversation by itself", () => {
    expect(isGenesysRecord(genesysRecord)).toBe(true);
    expect(detectFormat(JSON.stringify(genesysRecord))).toBeNull();
    expect(readGenesysRecord(genesysRecord)).toMatchObject({
      conversationId: "conv-3",
      startedAt: "2021-11-25T13:35:14.123Z",
      queue: "queue-7",
      direction: "inbound",
    });
    expect(readJsonSidecar(genesysRecord)).toMatchObject({
      contactId: "conv-3",
      startedAt: "2021-11-25T13:35:14.123Z",
      queue: "queue-7",
      direction: "inbound",
    });
  });
});

describe("vCon", () => {
  it("messages in plain text and in base64url; what lies elsewhere is named and not fetched", () => {
    const read = json(vcon);
    expect(read.said).toEqual([
      ["customer", 0, "Hello"],
      ["agent", 20_000, "Guten Tag, größer geht’s nicht"],
    ]);
    expect([read.title, read.startedAt]).toEqual(["A parcel", "2026-02-03T10:00:00.000Z"]);
    expect(read.transcript.vendor?.summaries).toEqual([{ name: "", text: "Anna looks for a parcel." }]);
    expect(read.notes).toContainEqual({
      level: "ignored",
      what: "A recording that lies elsewhere: nothing is fetched.",
      where: "dialog[2]",
    });
  });
  it("call: the transcript that another program put into it, with the summary beside", () => {
    const read = json(vconCall);
    expect([read.kind, read.said]).toEqual(["call", [["other", 500, "Hello."]]]);
    expect(read.transcript.vendor?.summaries).toEqual([{ name: "", text: "They greet." }]);
  });
  it("signed: its payload, with a note that nobody has checked", () => {
    const signed = { payload: Buffer.from(JSON.stringify(vcon)).toString("base64url"), signatures: [{ signature: "x" }] };
    expect(json(signed).notes).toContainEqual(expect.objectContaining({ where: "signatures" }));
    expect(detectFormat(JSON.stringify({ ...signed, payload: "%%%" }))).toBeNull();
  });
  it("with its recording in it: the bytes under their name, and words that are lacking", () => {
    const sound = {
      ...vcon.dialog[2],
      url: undefined,
      filename: "call.wav",
      body: Buffer.from([82, 73, 70, 70, 0, 255]).toString("base64url"),
      encoding: "base64url",
    };
    const text = JSON.stringify({ ...vcon, dialog: [sound], analysis: [] });
    expect(lookAtFile(text).recording).toEqual({ name: "call.wav", bytes: Uint8Array.from([82, 73, 70, 70, 0, 255]) });
    const read = look(text);
    expect([read.kind, read.said, read.transcript.shortfalls.map(({ lacks }) => lacks)]).toEqual(["call", [], ["words"]]);
    expect(lookAtFile(JSON.stringify({ ...vcon, dialog: [{ ...sound, body: "%" }] })).recording).toBeNull();
  });
  it("without a word says so", () => {
    expect(() => json({ ...vcon, dialog: [vcon.dialog[2]], analysis: [] })).toThrow(
      expect.objectContaining({ code: "format-malformed" }),
    );
  });
});

describe("RTTM", () => {
  it("with words: turns of them, by channel and name", () => {
    const read = look(rttm);
    expect(read.said).toEqual([
      ["agent", 500, "hello there"],
      ["customer", 2_500, "hi"],
    ]);
    expect(read.transcript.participants.map(({ channel }) => channel)).toEqual([0, 1]);
    expect(read.transcript.turns[0]?.words[0]).toMatchObject({ startMs: 500, endMs: 900, confidence: 0.98 });
  });
  it("without words: who spoke when, and that words are lacking", () => {
    const read = look(rttm.replaceAll(/^LEXEME.*\n/gmu, ""));
    expect(read.transcript.turns.map(({ startMs, text }) => [startMs, text])).toEqual([
      [500, ""],
      [2_500, ""],
    ]);
    expect(read.transcript.shortfalls.map(({ lacks }) => lacks)).toContain("words");
  });
});

describe("a table of another program", () => {
  it("is none without a mapping, and the conversations of each case with it", () => {
    expect(lookAtFile(otherTable)).toEqual({ format: null, parts: [], recording: null, table: true });
    expect(detectFormat(otherTable, { mappings: [otherMapping] })).toBe("mapped-table");
    const parts = lookAtFile(otherTable, { mappings: [otherMapping] }).parts;
    expect(parts.map(({ name }) => name)).toEqual(["17", "18"]);
    expect(look(parts[0]?.text ?? "", [otherMapping]).said).toEqual([
      ["agent", 0, "Good morning."],
      ["customer", 8_000, "Hello."],
    ]);
  });
  it("of a call: times from the beginning in seconds, or of a clock", () => {
    const mapping = columnMappingSchema.parse({
      id: "m",
      name: "Calls",
      kind: "call",
      text: "t",
      start: "s",
      end: "e",
      times: "clock",
    });
    const read = look('s,e,t\n00:01,00:03,Hello\n1:00:00.5,1:00:02,"Hi, there"\n', [mapping]);
    expect(read.transcript.turns.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [1_000, 3_000, "Hello"],
      [3_600_500, 3_602_000, "Hi, there"],
    ]);
    expect(read.kind).toBe("call");
  });
  it("names what it left out, and the rows that have no time", () => {
    const { notes } = look(otherTable.replace("2026-02-03 10:00:08", "?"), [{ ...otherMapping, conversation: null }]);
    expect(notes.map(({ what }) => what)).toEqual([
      "Columns that the mapping does not name: case.",
      "Messages without a time stand where the file has them: 1.",
    ]);
  });
});

describe("a file of several conversations", () => {
  it("gives each as a text that reads alone: sessions of a bot, pairs of numbers, conversations of Twilio", () => {
    const second = { ...lexV2Events[0], sessionId: "session-2" };
    const log = [...lexV2Events, second].map((event) => JSON.stringify(event)).join("\n");
    expect(lookAtFile(log).parts.map(({ name, text }) => [name, look(text).said.length])).toEqual([
      ["session-1", 6],
      ["session-2", 2],
    ]);
    const other = smsLog.messages.map((sms) => ({ ...sms, to: "+447700900555" }));
    expect(lookAtFile(JSON.stringify({ messages: [...smsLog.messages, ...other.slice(0, 1)] })).parts).toHaveLength(2);
    const moved = twilioConversation.messages.map((message) => ({ ...message, conversation_sid: "CH2" }));
    const two = lookAtFile(JSON.stringify({ ...twilioConversation, messages: [...twilioConversation.messages, ...moved] })).parts;
    expect(two.map(({ name, text }) => [name, look(text).said.length])).toEqual([
      ["CH1", 2],
      ["CH2", 2],
    ]);
    expect(lookAtFile(JSON.stringify(twilioConversation)).parts).toEqual([]);
    expect(lookAtFile("Agent: hello\nCustomer: hi\n").parts).toEqual([]);
  });
});
