import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectFormat, readTranscriptFile } from "./detect.ts";
import { formatSamples, lexV2Events } from "./format-samples.test-data.ts";

const lines = formatSamples["lex-v2"];
/** What differs between ways of writing the same log is the notes alone. */
const transcriptOf = (text: string) => readTranscriptFile(text).transcript;

describe("a log of Lex V2", () => {
  it("becomes turns of customer and bot, with what the bot understood", () => {
    const { format, kind, channel, startedAt, transcript } = readTranscriptFile(lines);
    expect([format, kind, channel, startedAt]).toEqual([
      "Amazon Lex V2 conversation log",
      "chat",
      "bot",
      "2026-03-02T09:00:01.500Z",
    ]);
    expect([transcript.language, transcript.durationMs]).toEqual(["en-GB", 19_000]);
    expect(transcript.participants.map(({ role, name }) => [role, name])).toEqual([
      ["customer", null],
      ["bot", "PayBot"],
    ]);
    expect(transcript.turns.map(({ startMs, participantId, text }) => [startMs, participantId, text])).toEqual([
      [0, "p1", "I want to pay"],
      [0, "p2", "How much?"],
      [8_000, "p1", "twenty pounds"],
      [8_000, "p2", "Which card ?"],
      [8_000, "p2", "Cards Blue / Gold"],
      [19_000, "p1", "the shiny one"],
    ]);
    expect(transcript.turns.map(({ bot }) => bot).filter((bot) => bot !== undefined)).toEqual([
      { intent: "MakePayment", confidence: 0.83, missed: false, slots: { Amount: null }, state: "InProgress" },
      {
        intent: "MakePayment",
        confidence: 0.7,
        missed: false,
        slots: { Amount: "20 GBP", Accounts: "current, joint" },
        state: "ReadyForFulfillment",
      },
      { intent: "FallbackIntent", confidence: null, missed: true, slots: {}, state: "Failed" },
    ]);
  });

  it("reads the same in every wrapping that CloudWatch puts around it", () => {
    const expected = transcriptOf(lines);
    const wrapped = lexV2Events.map((event, index) => ({ timestamp: 1_772_442_000_000 + index, message: JSON.stringify(event) }));
    const ways = [
      JSON.stringify(lexV2Events),
      JSON.stringify(lexV2Events.toReversed()),
      JSON.stringify(wrapped),
      JSON.stringify({ events: wrapped, nextForwardToken: "f/1" }),
      JSON.stringify({ messageType: "DATA_MESSAGE", logEvents: wrapped }, null, 2),
      wrapped.map((one) => JSON.stringify(one)).join("\r\n"),
      lexV2Events.map((event) => `${event.timestamp} ${JSON.stringify(event)}`).join("\n"),
      lexV2Events.map((event) => `2026-03-02T09:00:01.500000+00:00 stream/1 ${JSON.stringify(event)}`).join("\n"),
      `\uFEFF${lines}\n\n`,
    ];
    for (const way of ways) {
      expect(detectFormat(way)).toBe("lex-v2");
      expect(transcriptOf(way)).toEqual(expected);
    }
    expect(transcriptOf(JSON.stringify(lexV2Events[0])).turns).toHaveLength(2);
  });

  it("takes the time of the log where the exchange has none", () => {
    const { timestamp: _, ...event } = lexV2Events[0] ?? {};
    const read = readTranscriptFile(JSON.stringify([{ timestamp: 1_772_442_000_000, message: JSON.stringify(event) }]));
    expect(read.startedAt).toBe("2026-03-02T09:00:00.000Z");
  });

  it("reads the longest of several sessions and names the others and their places", () => {
    const other = { ...lexV2Events[0], sessionId: "session-2" };
    const read = readTranscriptFile([other, ...lexV2Events].map((event) => JSON.stringify(event)).join("\n"));
    expect(read.transcript).toEqual(transcriptOf(lines));
    expect(read.notes).toContainEqual({ level: "ignored", what: "Another session, 1 exchange: session-2.", where: "line 1" });
  });

  it("keeps what is whole of a log that breaks off", () => {
    const read = readTranscriptFile(lines.slice(0, -40));
    expect(read.transcript.turns).toHaveLength(5);
    expect(read.notes).toContainEqual({ level: "ignored", what: "An entry that cannot be read.", where: "line 3" });
  });

  it("is the shipped sample of a bank's bot", () => {
    const text = readFileSync(join(import.meta.dirname, "../../resources/samples/northwind-bank-bot.jsonl"), "utf8");
    expect(detectFormat(text)).toBe("lex-v2");
    const { transcript, startedAt } = readTranscriptFile(text);
    expect([startedAt, transcript.durationMs, transcript.turns.length]).toEqual(["2026-10-15T18:40:11.304Z", 117_300, 21]);
    const said = transcript.turns.filter(({ bot }) => bot !== undefined);
    expect(said).toHaveLength(10);
    expect(said.filter(({ bot }) => bot?.missed).map(({ text }) => text)).toEqual([
      "and why did you take 15 pounds off me on monday",
      "there is a fee of 15 pounds on my statement",
    ]);
    expect(said.at(-1)?.bot?.intent).toBe("HandOver");
  });
});

describe("a log of Lex V1", () => {
  it("becomes turns of customer and bot", () => {
    expect(detectFormat(formatSamples["lex-v1"])).toBe("lex-v1");
    const { startedAt, transcript } = readTranscriptFile(formatSamples["lex-v1"]);
    expect(startedAt).toBe("2020-05-06T07:08:09.100Z");
    expect(transcript.turns.map(({ startMs, text }) => [startMs, text])).toEqual([
      [0, "open an account"],
      [0, "Which kind of account?"],
      [11_000, "gibberish"],
      [11_000, "Sorry?"],
    ]);
    expect(transcript.turns[0]?.bot).toMatchObject({
      intent: "OpenAccount",
      slots: { AccountType: null, Phone: "555" },
      state: "ElicitSlot",
    });
    expect(transcript.turns[2]?.bot?.missed).toBe(true);
  });
});
