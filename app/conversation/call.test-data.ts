import type { Transcript, Turn, Word } from "./conversation.ts";
import type { NamedOperation, Operation } from "./operations.ts";

/** Operations named o0, o1, ... */
export function named(...operations: Operation[]): NamedOperation[] {
  return operations.map((operation, index) => ({ id: `o${index}`, operation }));
}

/** A turn whose words last 200 ms each and follow one another; ids are the turn's with a letter: t1a, t1b, ... */
export function spoken(id: string, participantId: string, startMs: number, text: string, more: Partial<Turn> = {}): Turn {
  const words = text.split(" ").map(
    (word, index): Word => ({
      id: `${id}${String.fromCharCode(97 + index)}`,
      text: word,
      startMs: startMs + 200 * index,
      endMs: startMs + 200 * (index + 1),
      confidence: 0.9,
    }),
  );
  return { id, participantId, startMs, endMs: startMs + 200 * words.length, text, words, speakerConfidence: 0.8, ...more };
}

/** A short call between p1, the agent, and p2, the customer, both by Earmark's own estimate. */
export function shortCall(more: Partial<Transcript> = {}): Transcript {
  return {
    durationMs: 20_000,
    language: "en",
    participants: [
      { id: "p1", role: "agent", roleConfidence: 0.9, name: "Laura", channel: 0 },
      { id: "p2", role: "customer", roleConfidence: 0.9, name: null, channel: 1 },
    ],
    turns: [
      spoken("t1", "p1", 0, "Thank you for calling Harbor"),
      spoken("t2", "p2", 2_000, "I live at nine Elm Street now"),
      spoken("t3", "p1", 4_000, "Sure thank you"),
      spoken("t4", "p1", 5_000, "Anything else"),
    ],
    shortfalls: [],
    provenance: null,
    ...more,
  };
}
