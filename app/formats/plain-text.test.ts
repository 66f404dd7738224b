import { describe, expect, it } from "vitest";
import { detectFormat, readTranscriptFile } from "./detect.ts";
import { formatSamples } from "./format-samples.test-data.ts";

const read = readTranscriptFile;
const turnsOf = (text: string) => read(text).transcript.turns.map(({ startMs, text: said }) => [startMs, said]);

describe("plain text", () => {
  it("has a turn where a name begins a line, and takes other lines to the turn before", () => {
    const { transcript } = read(formatSamples["plain-text"]);
    expect(transcript.participants.map(({ role, name }) => [role, name])).toEqual([
      ["agent", null],
      ["customer", null],
    ]);
    expect(transcript.turns.map(({ participantId, text }) => [participantId, text])).toEqual([
      ["p1", "Hello, how can I help?"],
      ["p2", "My card: it was stolen.\nI need a new one."],
      ["p1", "Of course."],
    ]);
  });
  it("takes a time before the name, behind it, or on a line with it", () => {
    const expected = [
      [12_000, "Hello"],
      [75_500, "Hi: it is 5:30"],
    ];
    for (const text of [
      "[00:12] Agent: Hello\n[01:15.5] Customer: Hi: it is 5:30",
      "0:00:12 - Agent: Hello\n0:01:15.500 - Customer: Hi: it is 5:30",
      "Agent (00:12): Hello\nCustomer (01:15.5): Hi: it is 5:30",
      "Speaker 1  0:12\nHello\n\nSpeaker 2  1:15.5\nHi: it is 5:30\n",
    ]) {
      expect(turnsOf(text)).toEqual(expected);
      expect(read(text).kind).toBe("call");
    }
  });
  it("takes times of the day as a chat from its first message on, over midnight too", () => {
    expect(turnsOf("23:59:30 Maria: Hello\n00:00:10 John: hi\n00:01:00 Maria: bye")).toEqual([
      [0, "Hello"],
      [40_000, "hi"],
      [90_000, "bye"],
    ]);
    expect(turnsOf("9:05 PM Maria: Hello\n9:07 PM John: hi")).toEqual([
      [0, "Hello"],
      [120_000, "hi"],
    ]);
    const dated = read("2026-01-02 10:00:01 Maria: Hello\n2026-01-02T10:00:11Z John: hi\n");
    expect([dated.kind, dated.startedAt]).toEqual(["chat", "2026-01-02T10:00:01.000Z"]);
    expect(dated.transcript.participants.map(({ name }) => name)).toEqual(["Maria", "John"]);
  });
  it("reads roles out of names with more in them", () => {
    const { participants } = read("AGENT_1: hello\nCustomer (Anna): hi\nSPEAKER_02: yes\n").transcript;
    expect(participants.map(({ role, name }) => [role, name])).toEqual([
      ["agent", null],
      ["customer", "Customer (Anna)"],
      ["other", null],
    ]);
  });
  it("is not what merely has colons", () => {
    for (const text of [
      "name: foo\nversion: 1\nlicense: MIT\n",
      "Dear Sir,\nplease note: this is nothing.\nRegards\n",
      "https://example.org\nhttps://example.net\n",
      "id,name\n1,Agent: x\n",
      "From: a@example.org\nTo: b@example.org\nSubject: hello\nDate: today\n\nText of the letter.\n",
      "",
    ])
      expect([text, detectFormat(text)]).toEqual([text, null]);
  });
});
