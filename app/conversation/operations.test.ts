import { describe, expect, it } from "vitest";
import { applyOperations, attemptOperations } from "./apply-operations.ts";
import type { Transcript } from "./conversation.ts";
import { type NamedOperation, type Operation, operationSchema, recordedOperationSchema } from "./operations.ts";

const transcript: Transcript = {
  durationMs: 1_000,
  language: null,
  participants: [
    { id: "p1", role: "agent", roleConfidence: 0.8, name: null, channel: 0 },
    { id: "p2", role: "customer", roleConfidence: 0.8, name: "Bob", channel: 1 },
    { id: "p3", role: "bot", roleConfidence: null, name: null, channel: null },
  ],
  turns: [{ id: "t1", participantId: "p1", startMs: 0, endMs: 900, text: "Hi", words: [], speakerConfidence: null }],
  shortfalls: [],
  provenance: null,
};

const named = (operations: readonly Operation[]): NamedOperation[] =>
  operations.map((operation, index) => ({ id: `o${index}`, operation }));

function corrected(...operations: Operation[]) {
  return applyOperations(transcript, named(operations)).participants.map(({ role, roleConfidence, name }) => [
    role,
    roleConfidence,
    name,
  ]);
}

describe("corrections", () => {
  it("exchange agent and customer and no other; what a person said is no estimate", () => {
    expect(corrected({ kind: "swap-roles" })).toEqual([
      ["customer", null, null],
      ["agent", null, "Bob"],
      ["bot", null, null],
    ]);
  });

  it("set one role, and one name; an empty name is none", () => {
    expect(corrected({ kind: "set-role", participantId: "p1", role: "ivr" })[0]).toEqual(["ivr", null, null]);
    expect(corrected({ kind: "rename-speaker", participantId: "p1", name: "Laura" })[0]).toEqual(["agent", 0.8, "Laura"]);
    expect(corrected({ kind: "rename-speaker", participantId: "p2", name: "" })[1]).toEqual(["customer", 0.8, null]);
  });

  it("are applied in order, and leave the machine's transcript as it was", () => {
    const before = structuredClone(transcript);
    expect(
      corrected({ kind: "set-role", participantId: "p3", role: "agent" }, { kind: "swap-roles" }).map(([role]) => role),
    ).toEqual(["customer", "agent", "customer"]);
    expect(transcript).toEqual(before);
    expect(applyOperations(transcript, [])).toBe(transcript);
  });

  it("on somebody who does not exist change nothing", () => {
    const ghosts: Operation[] = [
      { kind: "set-role", participantId: "ghost", role: "agent" },
      { kind: "rename-speaker", participantId: "__proto__", name: "x" },
    ];
    const { transcript: after, faults } = attemptOperations(transcript, named(ghosts));
    expect(after).toBe(transcript);
    expect(faults).toEqual(["participant-unknown", "participant-unknown"]);
  });

  it.each([
    [{ kind: "rename-speaker", participantId: "", name: "x" }],
    [{ kind: "rename-speaker", participantId: "p1", name: "x".repeat(201) }],
    [{ kind: "set-role", participantId: "p1", role: "boss" }],
    [{ kind: "delete-everything" }],
    [null],
  ])("that are none are refused: %j", (value) => {
    expect(operationSchema.safeParse(value).success).toBe(false);
  });

  it("are recorded with author and instant", () => {
    const recorded = {
      id: "o1",
      at: "2026-02-03T10:00:00.000Z",
      author: "Ann",
      changeId: "o1",
      operation: { kind: "swap-roles" },
    };
    expect(recordedOperationSchema.parse(recorded)).toEqual(recorded);
    expect(recordedOperationSchema.safeParse({ ...recorded, at: "yesterday" }).success).toBe(false);
    expect(operationSchema.parse({ kind: "rename-speaker", participantId: "p1", name: "  Ann  " })).toMatchObject({
      name: "Ann",
    });
  });
});
