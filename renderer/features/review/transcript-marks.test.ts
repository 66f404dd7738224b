import { describe, expect, it } from "vitest";
import type { Bookmark, Thread } from "../../../app/contract/editing-views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import type { Participant, Turn } from "../../../app/conversation/conversation.ts";
import { differences, marksByTurn } from "./transcript-marks.ts";

const at = "2026-01-01T00:00:00.000Z";

function anchor(change: Partial<AnchorView>): AnchorView {
  return { kind: "words", state: "same", wordIds: [], turnIds: [], startMs: 0, endMs: 1, quote: "", text: "", ...change };
}

function thread(id: string, on: AnchorView | null, resolved = false): Thread {
  return { id, conversationId: "c", anchor: on, comments: [], resolved: resolved ? { at, by: "Ada" } : null };
}

describe("marks of turns", () => {
  it("are on each turn that a comment is in, and the thread is opened from the first", () => {
    const marks = marksByTurn([thread("1", anchor({ turnIds: ["a", "b"], wordIds: ["a.1", "b.0"] }))], []);
    expect([...(marks.get("a")?.commented ?? [])]).toEqual(["a.1", "b.0"]);
    expect(marks.get("a")?.threadIds).toEqual(["1"]);
    expect(marks.get("b")?.threadIds).toEqual([]);
    expect(marks.get("b")?.commented.has("b.0")).toBe(true);
  });

  it("mark no single word for a whole turn, and nothing for what is resolved or on the whole conversation", () => {
    const whole = thread("2", anchor({ kind: "turn", turnIds: ["a"], wordIds: ["a.0"] }));
    const done = thread("3", anchor({ turnIds: ["b"], wordIds: ["b.0"] }), true);
    const marks = marksByTurn([whole, done, thread("4", null)], []);
    expect(marks.get("a")).toMatchObject({ threadIds: ["2"] });
    expect(marks.get("a")?.commented.size).toBe(0);
    expect(marks.has("b")).toBe(false);
  });

  it("name bookmarks where they begin", () => {
    const bookmark: Bookmark = { id: "b1", at, author: "Ada", label: "Refund", anchor: anchor({ turnIds: ["a", "b"] }) };
    expect(marksByTurn([], [bookmark]).get("a")?.bookmarks).toEqual(["Refund"]);
  });
});

describe("what people have changed", () => {
  const word = (id: string, text: string) => ({ id, text, startMs: 0, endMs: 1, confidence: null });
  const turn = (id: string, participantId: string, words: Turn["words"]): Turn => ({
    id,
    participantId,
    startMs: 0,
    endMs: 1_000,
    text: words.map((each) => each.text).join(" "),
    words,
    speakerConfidence: null,
  });
  const person = (id: string, role: Participant["role"]): Participant => ({
    id,
    role,
    roleConfidence: null,
    name: null,
    channel: null,
  });
  const participants = [person("p", "agent"), person("q", "customer")];
  const machine = { participants, turns: [turn("t", "p", [word("1", "good"), word("2", "day")])] };

  it("is nothing where nobody has", () => {
    expect(differences(machine, machine).size).toBe(0);
  });

  it("is a word that was written anew, and the one that was given to another", () => {
    const written = { participants, turns: [turn("t", "p", [word("1", "good"), word("x.0", "morning")])] };
    expect([...differences(machine, written)]).toEqual(["2"]);
    const given = { participants, turns: [turn("t", "q", [word("1", "good"), word("2", "day")])] };
    expect([...differences(machine, given)]).toEqual(["1", "2", "t"]);
  });

  it("is a turn whose speaker has another role", () => {
    const swapped = { participants: [person("p", "customer"), person("q", "agent")], turns: machine.turns };
    expect([...differences(machine, swapped)]).toEqual(["t"]);
  });
});
