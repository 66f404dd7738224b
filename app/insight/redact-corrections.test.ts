import { describe, expect, it } from "vitest";
import { applyOperations } from "../conversation/apply-operations.ts";
import { named, shortCall, spoken } from "../conversation/call.test-data.ts";
import { mutedSpans } from "../conversation/hide.ts";
import type { Operation } from "../conversation/operations.ts";
import { redactCorrections } from "./redact-corrections.ts";

const call = shortCall({
  turns: [spoken("t1", "p1", 0, "Can I have the card number"), spoken("t2", "p2", 2_000, "It is something else there")],
});
const ids = () => {
  let count = 0;
  return () => `r${count++}`;
};
const stored = (...operations: Operation[]) => redactCorrections(call, named(...operations), ids());

describe("a card number that is typed", () => {
  it("is not stored, is masked in the text, and muted in the sound", () => {
    const operations = stored({ kind: "retext-words", wordIds: ["t2c", "t2d"], text: "4111 1111 1111 1111" });
    expect(JSON.stringify(operations)).not.toMatch(/\d{4} |4111|1111/u);
    const after = applyOperations(call, operations);
    expect(after.turns[1]?.text).toBe("It is [card number] there");
    expect(mutedSpans(after)).toEqual([{ startMs: 2_400, endMs: 2_800 }]);
  });

  it("in two halves is put together", () => {
    const halves: Operation[] = [
      { kind: "retext-words", wordIds: ["t2c"], text: "4111 1111" },
      { kind: "retext-words", wordIds: ["t2d"], text: "1111 1111" },
    ];
    const operations = stored(...halves);
    expect(JSON.stringify(operations)).not.toMatch(/4111|1111/u);
    expect(mutedSpans(applyOperations(call, operations))).toEqual([{ startMs: 2_400, endMs: 2_800 }]);
  });

  it("in a name, in a label, or in a message is masked", () => {
    const chat = shortCall({ turns: [{ ...spoken("m", "p2", 0, "hello"), words: [], endMs: 0 }] });
    const operations = redactCorrections(
      chat,
      named(
        { kind: "retext-turn", turnId: "m", text: "my card is 4111111111111111" },
        { kind: "rename-speaker", participantId: "p1", name: "4111111111111111" },
      ),
      ids(),
    );
    expect(JSON.stringify(operations)).not.toMatch(/4111/u);
    expect(applyOperations(chat, operations).turns[0]?.text).toBe("my card is [card number]");
  });

  it("leaves everything else as it was typed", () => {
    const plain = named(
      { kind: "retext-words", wordIds: ["t2c"], text: "nothing, 12 pounds" },
      { kind: "split-turn", turnId: "t1", at: { kind: "word", wordId: "t1b" } },
    );
    expect(redactCorrections(call, plain, ids())).toEqual(plain);
  });
});
