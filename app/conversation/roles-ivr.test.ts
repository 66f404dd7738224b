import { describe, expect, it } from "vitest";
import type { HeardSound, Participant, Transcript } from "./conversation.ts";
import { assignRoles } from "./roles.ts";
import { findPrompts } from "./roles-ivr.ts";

function voice(id: string, channel: number | null = null, more: Partial<Participant> = {}): Participant {
  return { id, role: "other", roleConfidence: null, name: null, channel, ...more };
}

/** A call of turns written ["a", "text"], 3 s each. */
function callOf(
  participants: Participant[],
  lines: readonly (readonly [string, string])[],
  sounds: HeardSound[] = [],
): Transcript {
  return {
    durationMs: lines.length * 3_000,
    language: "en",
    participants,
    turns: lines.map(([participantId, text], index) => ({
      id: `t${index}`,
      participantId,
      startMs: index * 3_000,
      endMs: index * 3_000 + 2_900,
      text,
      words: [],
      speakerConfidence: null,
    })),
    sounds,
    shortfalls: [],
    provenance: null,
  };
}

const menu = ["m", "Thank you for calling Acme. For billing, press one. Para español, oprima el dos."] as const;
const queue = ["m", "All of our agents are currently busy. Your call is important to us."] as const;
const talk = [
  ["a", "Thank you for holding, my name is Sam, how can I help you today?"],
  ["c", "I am calling about my bill, it is wrong again."],
  ["a", "Let me check that for you. Can I take your account number?"],
  ["c", "My account number is four four one."],
] as const;
const dtmf = (startMs: number): HeardSound => ({ kind: "dtmf", startMs, endMs: startMs + 200, confidence: 0.95, channel: 1 });
const rolesOf = ({ participants }: Transcript) => Object.fromEntries(participants.map(({ id, role }) => [id, role]));

describe("the voice of a telephone menu", () => {
  it("is told from the agent who comes after it on the same channel", () => {
    const call = callOf([voice("m", 0), voice("a", 0), voice("c", 1)], [menu, queue, ...talk]);
    const assigned = assignRoles(call, { fileName: "x_AGENT_Sam_1.wav" });
    expect(rolesOf(assigned)).toEqual({ m: "ivr", a: "agent", c: "customer" });
    expect(assigned.participants[0]?.roleConfidence).toBeGreaterThan(0.9);
    expect(assigned.participants.map(({ name }) => name)).toEqual([null, "Sam", null]);
    // In a mix too, and heard anew the result stands.
    const mixed = assignRoles(callOf([voice("c"), voice("m"), voice("a")], [menu, ...talk]), {});
    expect(rolesOf(mixed)).toEqual({ m: "ivr", a: "agent", c: "customer" });
    expect(assignRoles(mixed, {})).toEqual(mixed);
  });

  it("is surer where keys answer it", () => {
    const lines = [["m", "Please enter your account number."], ...talk] as const;
    const people = () => [voice("m", 0), voice("a", 0), voice("c", 1)];
    const silent = findPrompts(callOf(people(), lines)).get("m");
    const keyed = findPrompts(callOf(people(), lines, [dtmf(3_500)])).get("m");
    const late = findPrompts(callOf(people(), lines, [dtmf(14_000)])).get("m");
    expect(silent).toBeLessThan(keyed ?? 0);
    expect(late).toBe(silent);
  });

  it("is known by earlier calls without a phrase of its own", () => {
    const lines = [["m", "Welcome to Acme."], ...talk] as const;
    const call = callOf([voice("m", 0), voice("a", 0), voice("c", 1)], lines);
    expect(findPrompts(call).size).toBe(0);
    expect(rolesOf(assignRoles(call, { promptVoices: ["m"] }))).toEqual({ m: "ivr", a: "agent", c: "customer" });
  });

  it("is nobody who greets, explains the menu or presses keys, and talks with the caller", () => {
    const person = [["a", "Next time you can press two to reach me, I'll be here."], ...talk] as const;
    expect(findPrompts(callOf([voice("a", 0), voice("c", 1)], person)).size).toBe(0);
    const oneVoice = callOf([voice("a", 0), voice("c", 1)], [["a", menu[1]], ...talk, ...talk, ...talk]);
    expect(rolesOf(assignRoles(oneVoice, {}))).toEqual({ a: "agent", c: "customer" });
    expect(findPrompts(callOf([voice("a", 0), voice("c", 1)], talk, [dtmf(1_000)])).size).toBe(0);
  });

  it("is never somebody whose role is known", () => {
    const known = callOf([voice("m", 0, { role: "agent" }), voice("c", 1)], [menu, ["c", "Hello?"]]);
    expect(findPrompts(known).size).toBe(0);
    expect(rolesOf(assignRoles(known, {}))).toEqual({ m: "agent", c: "customer" });
  });
});

describe("more than two people", () => {
  const transfer = [
    ...talk,
    ["a", "I will put you through to my colleague."],
    ["b", "Hello, Kim speaking."],
    ["b", "The amount was booked twice in March, it goes back to you on Monday in full, without a charge of any kind."],
    ["c", "That is all, thanks."],
  ] as const;

  it("whoever speaks on the agent's channel is an agent, however much they say", () => {
    const call = callOf([voice("a", 0), voice("c", 1), voice("b", 0)], transfer);
    const assigned = assignRoles(call, { fileName: "x_AGENT_Sam_1.wav" });
    expect(rolesOf(assigned)).toEqual({ a: "agent", c: "customer", b: "agent" });
    // The file's name means the one who took the call.
    expect(assigned.participants.map(({ name }) => name)).toEqual(["Sam", null, null]);
    const quiet = callOf([voice("a", 0), voice("c", 1), voice("b", 0)], [...talk.slice(0, 3), ...transfer.slice(4)]);
    expect(rolesOf(assignRoles(quiet, {}))).toEqual({ a: "agent", c: "customer", b: "agent" });
  });

  it("a second voice at the customer's is not the customer", () => {
    const lines = [...talk, ["k", "Ask her about the fee."]] as const;
    expect(rolesOf(assignRoles(callOf([voice("a", 0), voice("c", 1), voice("k", 1)], lines), {}))).toEqual({
      a: "agent",
      c: "customer",
      k: "other",
    });
  });

  it("in a mix a third voice is an agent when it clearly speaks as one", () => {
    const second = [
      ["b", "How can I help you?"],
      ["b", "I do apologise, let me check."],
      ["b", "Is there anything else I can do?"],
    ] as const;
    const lines = [...talk, ...talk, ...second] as const;
    expect(rolesOf(assignRoles(callOf([voice("a"), voice("c"), voice("b")], lines), {}))).toEqual({
      a: "agent",
      c: "customer",
      b: "agent",
    });
    const stray = [...talk, ...talk, ["b", "Dinner is ready."]] as const;
    expect(rolesOf(assignRoles(callOf([voice("a"), voice("c"), voice("b")], stray), {}))).toMatchObject({ b: "other" });
  });
});
