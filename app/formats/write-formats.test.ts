import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Conversation } from "../conversation/conversation.ts";
import { exportConversation, formatHolds } from "./export.ts";
import { redactionStatement, transcriptBlocks } from "./transcript-blocks.ts";
import { writtenCall } from "./written-call.test-data.ts";

/* Formats that no reader of Earmark's proves: each against the rules of its own description. */

const chat: Conversation = { ...writtenCall, kind: "chat", channel: "chat" };
const linesOf = (format: "ctm" | "stm"): string[] => exportConversation(writtenCall, format).text.trimEnd().split("\n");

describe("CTM", () => {
  const records = linesOf("ctm").map((line) => {
    const fields = line.split(" ");
    expect(fields.length === 5 || fields.length === 6).toBe(true);
    const [file, channel = "", start = "", length = "", word = "", confidence] = fields;
    expect(file).toBe("refund_call");
    expect(channel).toMatch(/^[A-Z]$/u);
    for (const time of [start, length]) expect(time).toMatch(/^\d+\.\d{3}$/u);
    if (confidence !== undefined) expect(Number(confidence)).toBeLessThanOrEqual(1);
    return { channel, start: Number(start), end: Number(start) + Number(length), word, confidence };
  });

  it("has every word once, by channel and then by time", () => {
    const keys = records.map(({ channel, start }) => [channel, start] as const);
    expect(keys).toEqual([...keys].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y)));
    expect(records.map(({ word }) => word)).toEqual(
      "Good morning, how can I help? No words here My card is [card_number] {now} @ شكرا".split(" "),
    );
  });

  it("gives a masked word the time of all that it stands for, and shares out what has no times of words", () => {
    const masked = records.find(({ word }) => word === "[card_number]");
    expect([masked?.start, masked?.end.toFixed(3)]).toEqual([3.688, "4.613"]);
    const shared = records.filter(({ confidence }) => confidence === undefined);
    expect(shared.map(({ start, end }) => [start, Number(end.toFixed(3))])).toEqual([
      [9, 9.164],
      [9.164, 9.573],
      [9.573, 9.9],
    ]);
  });
});

describe("STM", () => {
  it("has file, channel, speaker, times, a label and the words, without the signs of alternatives", () => {
    expect(linesOf("stm")).toEqual([
      "refund_call A agent_1 0.500 2.500 <o,agent> Good morning, how can I help?",
      "refund_call A agent_2 9.000 9.900 <o,agent> No words here",
      "refund_call B customer 2.300 6.000 <o,customer> My card is [card number] (now) (at) شكرا",
    ]);
  });
});

describe("WhisperX", () => {
  it("has the keys that its own program writes, and no other", () => {
    const { segments, word_segments, ...rest } = JSON.parse(exportConversation(writtenCall, "whisperx").text) as {
      segments: { start: number; end: number; words: Record<string, unknown>[] }[];
      word_segments: unknown[];
    };
    expect(rest).toEqual({ language: "en" });
    expect(segments.map((segment) => Object.keys(segment).sort())).toEqual(
      segments.map(() => ["end", "speaker", "start", "text", "words"]),
    );
    expect(segments[0]?.words[0]).toEqual({ word: "Good", start: 0.5, end: 0.833, score: 0.5, speaker: "SPEAKER_00" });
    expect(word_segments).toEqual(segments.flatMap(({ words }) => words));
  });
});

/** What draft-ietf-vcon-vcon-core-01 asks of the parts that are written. */
const vconSchema = {
  type: "object",
  required: ["uuid", "created_at", "parties"],
  properties: {
    vcon: { const: "0.4.0" },
    uuid: { pattern: "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$" },
    extensions: { type: "array", items: { type: "string" } },
    parties: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
    dialog: {
      type: "array",
      items: {
        type: "object",
        required: ["type", "start"],
        properties: {
          type: { enum: ["recording", "text", "transfer", "incomplete"] },
          start: { pattern: "^\\d{4}-\\d\\d-\\d\\dT.*Z$" },
          duration: { type: "number", minimum: 0 },
          parties: { type: "array", items: { type: "integer", minimum: 0 } },
          body: { type: "string" },
          encoding: { enum: ["base64url", "json", "none"] },
        },
      },
    },
    analysis: {
      type: "array",
      items: {
        type: "object",
        required: ["type", "vendor"],
        properties: { body: { type: "string" }, encoding: { enum: ["base64url", "json", "none"] } },
      },
    },
  },
};

describe("vCon", () => {
  it.each([writtenCall, chat])("is what the draft asks of a $kind", (conversation) => {
    const validate = new Ajv2020({ strict: false }).compile(vconSchema);
    const vcon = JSON.parse(exportConversation(conversation, "vcon").text) as {
      dialog: { parties: number[] }[];
      parties: unknown[];
    };
    expect([validate(vcon), validate.errors]).toEqual([true, null]);
    for (const { parties } of vcon.dialog) expect(parties.every((party) => party < vcon.parties.length)).toBe(true);
  });

  it("holds a transcript whose segments point at their words", () => {
    const { analysis } = JSON.parse(exportConversation(writtenCall, "vcon").text) as {
      analysis: { type: string; body: string }[];
    };
    expect(analysis.map(({ type }) => type)).toEqual(["wtf_transcription"]);
    const body = JSON.parse(analysis[0]?.body ?? "") as {
      segments: { text: string; words: number[] }[];
      words: { id: number; text: string }[];
    };
    for (const { text, words } of body.segments) {
      const said = words.map((id) => body.words.find((word) => word.id === id)?.text);
      if (words.length > 0) expect(said.join(" ")).toBe(text);
    }
  });
});

describe("post call analytics and Contact Lens", () => {
  it("tell what is masked, and nothing that nobody measured", () => {
    const pca = exportConversation(writtenCall, "pca").text;
    expect(pca).not.toContain("SentimentIsPositive");
    expect(JSON.parse(exportConversation(writtenCall, "contact-lens").text)).toMatchObject({
      Channel: "VOICE",
      ContentMetadata: { Output: "Redacted", RedactionTypes: ["PII"] },
      Participants: [
        { ParticipantId: "AGENT", ParticipantRole: "AGENT" },
        { ParticipantId: "CUSTOMER", ParticipantRole: "CUSTOMER" },
        { ParticipantId: "AGENT_2", ParticipantRole: "AGENT" },
      ],
    });
  });
});

describe("a document", () => {
  it("says what it is, who speaks, what is hidden, and every turn", () => {
    const blocks = transcriptBlocks(writtenCall);
    expect(blocks[0]).toEqual({ kind: "title", text: "Refund for order 7", lead: "Transcript of a call" });
    const table = blocks.find((block) => block.kind === "table");
    expect([...(table?.rows ?? [])]).toEqual([
      ["00:00:00", "Laura", "Good morning, how can I help?"],
      ["00:00:02", "Customer", "My card is [card number] {now} @ شكرا"],
      ["00:00:07", "Laura", "[speech]"],
      ["00:00:09", "Agent", "No words here"],
    ]);
    expect(redactionStatement(writtenCall)).toBe(
      "Personal data is hidden in this transcript: card number (1). A label in square brackets stands in its place.",
    );
    expect(redactionStatement({ turns: [] })).toBe("Nothing is hidden in this transcript.");
  });
});

describe("a chat", () => {
  it.each(["pca", "whisperx", "rttm", "ctm", "stm"] as const)("is refused as %s, with what would hold it", (format) => {
    expect(formatHolds(format, "chat")).toBe(false);
    expect(() => exportConversation(chat, format)).toThrowError(
      expect.objectContaining({
        code: "format-unsuitable",
        details: { format, others: "docx, txt, srt, vtt, csv, json, vcon, contact-lens" },
      }),
    );
  });
});
