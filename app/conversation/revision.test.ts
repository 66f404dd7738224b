import { describe, expect, it } from "vitest";
import { applyOperations } from "./apply-operations.ts";
import { named, shortCall, spoken } from "./call.test-data.ts";
import { conflicts } from "./footprint.ts";
import type { Operation } from "./operations.ts";
import { carriedOver, machineVersion, maskedText, maskOperations, reviseTranscript } from "./revision.ts";

const call = shortCall();
const hide: Operation = {
  kind: "redact",
  target: { kind: "words", wordIds: ["t2e"] },
  label: "street",
  spans: [{ startMs: 2_800, endMs: 3_000 }],
};

describe("the revision on screen", () => {
  it("is the machine's own where nobody has corrected anything", () => {
    expect(reviseTranscript(call, [], {})).toBe(call);
  });

  it("works out again which voice is the agent's when somebody says otherwise who says what", () => {
    const turns = [
      spoken("t1", "p1", 0, "Thank you for calling Harbor how can I help"),
      spoken("t2", "p2", 3_000, "I am calling about my bill"),
    ];
    const roles = (...operations: Operation[]) =>
      reviseTranscript(shortCall({ turns }), named(...operations), {}).participants.map(({ role }) => role);
    expect(roles({ kind: "rename-speaker", participantId: "p1", name: "x" })).toEqual(["agent", "customer"]);
    const exchanged: Operation[] = [
      { kind: "reassign-turn", turnId: "t1", participantId: "p2" },
      { kind: "reassign-turn", turnId: "t2", participantId: "p1" },
    ];
    expect(roles(...exchanged)).toEqual(["customer", "agent"]);
    // What a person said stays, whatever the words say.
    expect(roles({ kind: "set-role", participantId: "p1", role: "agent" }, ...exchanged)[0]).toBe("agent");
    expect(roles({ kind: "set-role", participantId: "p1", role: "other" }, ...exchanged)[0]).toBe("other");
    // Of a chat every one knows who wrote.
    expect(reviseTranscript(shortCall({ turns }), named(...exchanged), null).participants.map(({ role }) => role)).toEqual([
      "agent",
      "customer",
    ]);
  });
});

describe("what is hidden", () => {
  it("is hidden in the machine's version too, also after it was written over before", () => {
    const operations = named(
      { kind: "retext-words", wordIds: ["t2e"], text: "Oak" },
      { ...hide, target: { kind: "words", wordIds: ["o0.0"] } },
    );
    const revision = applyOperations(call, operations);
    const machine = machineVersion(call, operations, revision);
    expect(machine.turns[1]?.text).toBe("I live at nine [street] Street now");
    expect(machine.turns[0]).toEqual(call.turns[0]);
    expect(machineVersion(call, named({ kind: "swap-roles" }), call)).toBe(call);
  });

  it("is masked in the corrections that typed it, and in no other", () => {
    const operations = named(
      { kind: "retext-turn", turnId: "t2", text: "I live at nine Oak Street now" },
      { kind: "retext-words", wordIds: ["t3a"], text: "Surely" },
      { kind: "redact", target: { kind: "words", wordIds: ["o0.0"] }, label: "street" },
    );
    const masked = maskOperations(operations, applyOperations(call, operations));
    expect(masked.map(({ operation }) => ("text" in operation ? operation.text : null))).toEqual([maskedText, "Surely", null]);
  });

  it("stays hidden in another hearing, by when it was said; what else spoke of words is left behind", () => {
    const operations = named({ kind: "retext-words", wordIds: ["t2d"], text: "ten" }, hide, { kind: "swap-roles" });
    const again = shortCall({ turns: [spoken("w1", "p2", 2_000, "We live at nine Elm Street now")] });
    const now = reviseTranscript(again, operations.flatMap(carriedOver), null);
    expect(now.turns[0]?.text).toBe("We live at nine [street] Street now");
    expect(now.participants.map(({ role }) => role)).toEqual(["customer", "agent"]);
  });
});

describe("two windows", () => {
  const retext = (...wordIds: string[]): Operation => ({ kind: "retext-words", wordIds, text: "x" });
  const split: Operation = { kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2c" } };
  const swap: Operation = { kind: "swap-roles" };
  it.each<[string, Operation, Operation, boolean]>([
    ["other words of a turn", retext("t2a"), retext("t2d"), false],
    ["the same word", retext("t2d"), retext("t2d"), true],
    ["ranges that share a word", retext("t2d", "t2e"), retext("t2e", "t2f"), true],
    [
      "words put between those of a range",
      { kind: "retext-words", wordIds: ["t2d"], text: "nine and" },
      retext("t2d", "t2e"),
      true,
    ],
    ["words of a turn that was taken apart", split, retext("t2f"), false],
    ["words on both sides of where it was taken apart", split, retext("t2b", "t2c"), true],
    ["a turn that was taken apart", split, { kind: "reassign-turn", turnId: "t2", participantId: "p1" }, true],
    ["another turn", split, { kind: "reassign-turn", turnId: "t3", participantId: "p2" }, false],
    ["the whole text of a turn with a new word", retext("t2a"), { kind: "retext-turn", turnId: "t2", text: "x" }, true],
    ["roles exchanged twice", swap, swap, true],
    ["roles, and a name", swap, { kind: "rename-speaker", participantId: "p1", name: "x" }, false],
    ["a word that was hidden", hide, retext("t2e"), true],
    [
      "hiding a time in which a word was changed",
      retext("t2e"),
      { kind: "redact", target: { kind: "time", startMs: 0, endMs: 9 }, label: "x" },
      false,
    ],
  ])("correct %s", (_what, first, second, conflict) => {
    expect(conflicts([second], call, applyOperations(call, named(first)))).toBe(conflict);
    expect(conflicts([second], call, call)).toBe(false);
  });
});
