import { describe, expect, it } from "vitest";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { afterTold } from "../../bridge/partial.ts";
import { isHeardSoFar, withPartial } from "./partial-transcript.ts";

const turn = (id: string, startMs: number, text: string): Turn => {
  return { id, participantId: "p0", startMs, endMs: startMs + 900, text, words: [], speakerConfidence: null };
};
const participants = [{ id: "p0", role: "other", roleConfidence: null, name: null, channel: null }] as const;
const viewOf = (turns: Turn[], partial: ConversationView["partial"]) =>
  ({ conversation: { turns, participants }, partial }) as unknown as ConversationView;
const texts = (view: ConversationView) => view.conversation.turns.map(({ id, text }) => `${id} ${text}`);

describe("what has been heard so far", () => {
  const partial = { participants: [...participants], turns: [turn("t0", 0, "hello"), turn("t1", 2_000, "so")], untilMs: 5_000 };

  it("stands in the transcript, with the turns after it that have no words yet, each under a name of its own", () => {
    const view = withPartial(viewOf([turn("t0", 100, ""), turn("t1", 5_500, ""), turn("t2", 7_000, "")], partial));
    expect(texts(view)).toEqual(["t0 hello", "t1 so", "later-t1 ", "later-t2 "]);
    expect(isHeardSoFar(view)).toBe(true);
  });

  it("does not take the place of words, and is nothing where nothing is being heard", () => {
    const words = viewOf([turn("t0", 0, "Hello.")], partial);
    expect(withPartial(words)).toBe(words);
    expect(isHeardSoFar(words)).toBe(false);
    const idle = viewOf([turn("t0", 0, "")], null);
    expect(withPartial(idle)).toBe(idle);
  });

  it("grows by what is told, and is read anew where something was missed", () => {
    const told = (from: number, ...turns: Turn[]) => ({ id: "c1", from, turns, participants: [...participants], untilMs: 9_000 });
    const first = afterTold(null, told(0, turn("t0", 0, "hello")));
    const grown = afterTold(first, told(0, turn("t0", 0, "hello there"), turn("t1", 2_000, "yes")));
    expect(grown?.turns.map(({ text }) => text)).toEqual(["hello there", "yes"]);
    expect(grown?.untilMs).toBe(9_000);
    expect(afterTold(grown, told(3, turn("t3", 8_000, "late")))).toBeNull();
    expect(afterTold(null, told(1, turn("t1", 8_000, "late")))).toBeNull();
  });
});
