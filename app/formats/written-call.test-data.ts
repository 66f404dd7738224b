import type { Conversation, Participant, Turn, Word } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";

/* A call with what formats stumble over: two agents, voices at once, a masked number, Arabic, no words, no times of words. */

const participants: Participant[] = [
  { id: "p1", role: "agent", roleConfidence: null, name: "Laura", channel: 0 },
  { id: "p2", role: "customer", roleConfidence: 0.8, name: null, channel: 1 },
  { id: "p3", role: "agent", roleConfidence: null, name: null, channel: 0 },
];

let words = 0;
function spoken(
  participantId: string,
  startMs: number,
  endMs: number,
  texts: readonly (string | readonly [string, string])[],
): Turn {
  const each = (endMs - startMs) / texts.length;
  const made = texts.map((one, index): Word => {
    const [text, redaction] = typeof one === "string" ? [one] : one;
    words++;
    return {
      id: `w${words}`,
      text,
      startMs: Math.round(startMs + index * each),
      endMs: Math.round(startMs + (index + 1) * each),
      confidence: 0.5 + index / 100,
      ...(redaction === undefined ? {} : { redaction }),
    };
  });
  const text = made.flatMap((word) => (word.text === "" ? [] : [word.text])).join(" ");
  return { id: `t${words}`, participantId, startMs, endMs, text, words: made, speakerConfidence: null };
}

const turns: Turn[] = [
  spoken("p1", 500, 2_500, ["Good", "morning,", "how", "can", "I", "help?"]),
  spoken("p2", 2_300, 6_000, ["My", "card", "is", ["[card number]", "card-number"], ["", "card-number"], "{now}", "@", "شكرا"]),
  { id: "silent", participantId: "p1", startMs: 7_000, endMs: 8_250, text: "", words: [], speakerConfidence: null },
  { id: "typed", participantId: "p3", startMs: 9_000, endMs: 9_900, text: "No words here", words: [], speakerConfidence: null },
];

/** The call. */
export const writtenCall: Conversation = {
  id: "c1",
  kind: "call",
  channel: "voice",
  title: "Refund for order 7",
  startedAt: "2026-02-03T10:00:00.000Z",
  timeZone: null,
  importedAt: "2026-02-04T08:00:00.000Z",
  source: { name: "refund call.wav", sha256: "0123456789abcdef".repeat(4), bytes: 1, format: "WAV" },
  durationMs: 10_000,
  language: "en",
  participants,
  turns,
  shortfalls: [],
  provenance: null,
  measures: measure(10_000, participants, turns),
};
