import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Participant, Role, Transcript } from "./conversation.ts";
import { assignRoles, correctSwappedRoles, findSwappedRoles, namesInFileName } from "./roles.ts";

const shared = join(dirname(fileURLToPath(import.meta.url)), "../../../shared");
const demoCalls = join(shared, "audio/demo-calls");
const swapped = join(shared, "transcripts/ci-result-roles-swapped.json");
const present = existsSync(demoCalls) && existsSync(swapped);

function voice(id: string, more: Partial<Participant> = {}): Participant {
  return { id, role: "other", roleConfidence: null, name: null, channel: null, ...more };
}

/** A transcript of turns written ["a", "text"], 3 s each. */
function transcriptOf(participants: Participant[], turns: readonly (readonly [string, string])[]): Transcript {
  return {
    durationMs: turns.length * 3_000,
    language: "en",
    participants,
    turns: turns.map(([participantId, text], index) => ({
      id: `t${index}`,
      participantId,
      startMs: index * 3_000,
      endMs: index * 3_000 + 2_900,
      text,
      words: [],
      speakerConfidence: null,
    })),
    shortfalls: [],
    provenance: null,
  };
}

function rolesOf(transcript: Transcript): Record<string, Role> {
  return Object.fromEntries(transcript.participants.map(({ id, role }) => [id, role]));
}

const agentLines = ["Thank you for calling, how can I help you today?", "One moment please, let me check that for you."];
const customerLines = ["Hi, I am calling about my bill.", "I have been waiting for weeks, I want a refund."];

describe("a voice that stands for everybody", () => {
  it("is neither agent nor customer, whatever is said", () => {
    const mixed = transcriptOf(
      [voice("x")],
      [
        ["x", agentLines[0] ?? ""],
        ["x", customerLines[0] ?? ""],
      ],
    );
    const together: Transcript = { ...mixed, shortfalls: [{ lacks: "speakers", reason: "model-missing", modelId: null }] };
    expect(rolesOf(assignRoles(together, { fileName: "x_AGENT_Sam_1.wav" }))).toEqual({ x: "other" });
  });
});

describe("roles from words", () => {
  it.each([
    ["the agent first", ["a", "c"]],
    ["the customer first", ["c", "a"]],
  ])("are found with %s, surely", (_what, order) => {
    const transcript = assignRoles(
      transcriptOf(
        [voice("x"), voice("y")],
        [
          ["x", (order[0] === "a" ? agentLines : customerLines)[0] ?? ""],
          ["y", (order[0] === "a" ? customerLines : agentLines)[0] ?? ""],
          ["x", (order[0] === "a" ? agentLines : customerLines)[1] ?? ""],
          ["y", (order[0] === "a" ? customerLines : agentLines)[1] ?? ""],
        ],
      ),
      {},
    );
    expect(rolesOf(transcript)).toEqual(order[0] === "a" ? { x: "agent", y: "customer" } : { x: "customer", y: "agent" });
    for (const { roleConfidence } of transcript.participants) {
      expect(roleConfidence).toBeGreaterThan(0.9);
      expect(roleConfidence).toBeLessThan(1);
    }
  });

  it("come with doubt where little speaks for them", () => {
    const transcript = assignRoles(
      transcriptOf(
        [voice("x"), voice("y")],
        [
          ["x", "Hello."],
          ["y", "My order is late."],
        ],
      ),
      {},
    );
    expect(rolesOf(transcript)).toEqual({ x: "agent", y: "customer" });
    for (const { roleConfidence } of transcript.participants) expect(roleConfidence).toBeLessThan(0.75);
  });

  it("are not guessed without words or where the words say nothing", () => {
    for (const turns of [
      [],
      [
        ["x", ""],
        ["y", ""],
      ],
      [
        ["x", "Hello."],
        ["y", "Hello."],
      ],
    ] as const) {
      const transcript = transcriptOf([voice("x"), voice("y")], turns);
      expect(assignRoles(transcript, {})).toEqual(transcript);
    }
  });

  it("leave music and a third voice out: the two who talk most are the sides", () => {
    const transcript = assignRoles(
      transcriptOf(
        [voice("hold"), voice("x"), voice("y")],
        [
          ["hold", "Thank you for holding."],
          ["x", agentLines[0] ?? ""],
          ["y", customerLines[0] ?? ""],
          ["x", agentLines[1] ?? ""],
          ["y", customerLines[1] ?? ""],
        ],
      ),
      {},
    );
    expect(rolesOf(transcript)).toEqual({ hold: "other", x: "agent", y: "customer" });
    expect(transcript.participants[0]?.roleConfidence).toBeNull();
  });

  it("are found for a recording of one side alone", () => {
    expect(rolesOf(assignRoles(transcriptOf([voice("x")], [["x", agentLines[0] ?? ""]]), {}))).toEqual({ x: "agent" });
    expect(rolesOf(assignRoles(transcriptOf([voice("x")], [["x", customerLines.join(" ")]]), {}))).toEqual({ x: "customer" });
  });

  it("do not grow sure by the same phrase over and over", () => {
    const again = (times: number) =>
      assignRoles(
        transcriptOf(
          [voice("x"), voice("y")],
          Array.from({ length: times }, () => ["x", "Have a nice day."] as const),
        ),
        {},
      ).participants[0]?.roleConfidence;
    expect(again(50)).toBe(again(2));
  });
});

describe("roles that are known", () => {
  it("are never touched, and the voice that is left gets the role that is left", () => {
    const given = voice("x", { role: "customer" });
    const transcript = assignRoles(
      transcriptOf(
        [given, voice("y")],
        [
          ["x", agentLines[0] ?? ""],
          ["y", "Yes."],
        ],
      ),
      {},
    );
    expect(transcript.participants[0]).toEqual(given);
    expect(transcript.participants[1]).toMatchObject({ role: "agent", roleConfidence: 0.95 });
    const both = transcriptOf([given, voice("y", { role: "agent" })], [["x", agentLines[0] ?? ""]]);
    expect(assignRoles(both, {})).toEqual(both);
  });

  it("stay those of a bot and an IVR", () => {
    const transcript = transcriptOf([voice("b", { role: "bot" }), voice("i", { role: "ivr" })], [["b", agentLines[0] ?? ""]]);
    expect(assignRoles(transcript, {})).toEqual(transcript);
  });

  it("an estimate of before is made anew", () => {
    const guessed = [voice("x", { role: "customer", roleConfidence: 0.6 }), voice("y", { role: "agent", roleConfidence: 0.6 })];
    const transcript = assignRoles(
      transcriptOf(guessed, [
        ["x", agentLines[0] ?? ""],
        ["y", customerLines[0] ?? ""],
      ]),
      {},
    );
    expect(rolesOf(transcript)).toEqual({ x: "agent", y: "customer" });
  });
});

describe("hints", () => {
  it("a channel tells the sides where no words do", () => {
    const transcript = transcriptOf([voice("x", { channel: 0 }), voice("y", { channel: 1 })], []);
    const assigned = assignRoles(transcript, { agentChannel: 1 });
    expect(rolesOf(assigned)).toEqual({ x: "customer", y: "agent" });
    expect(assigned.participants[0]?.roleConfidence).toBeLessThan(0.9);
  });

  it("a file's name gives the people their names", () => {
    const transcript = assignRoles(
      transcriptOf(
        [voice("x"), voice("y", { name: "Ann" })],
        [
          ["x", agentLines[0] ?? ""],
          ["y", customerLines[0] ?? ""],
        ],
      ),
      { fileName: "Auto0_GUID_000_AGENT_ChrisL_CUST_Bob_DT_2025-02-19T06-01-22_Mono.wav" },
    );
    expect(transcript.participants.map(({ name }) => name)).toEqual(["ChrisL", "Ann"]);
  });

  it.each([
    ["Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav", "ChrisL", null],
    ["GUID_1_CUST_12ab_AGENT_Zoë.wav", "Zoë", "12ab"],
    ["AGENT_None_CUST_None_.wav", null, null],
    ["my_agenta_call.wav", null, null],
    ["", null, null],
  ])("the name %j has the people it has", (name, agent, customer) => {
    expect(namesInFileName(name)).toEqual({ agent, customer });
  });
});

describe("swapped roles", () => {
  const known = (x: Role, y: Role) =>
    transcriptOf(
      [voice("x", { role: x }), voice("y", { role: y })],
      [
        ["x", agentLines[0] ?? ""],
        ["y", customerLines[0] ?? ""],
        ["x", agentLines[1] ?? ""],
        ["y", customerLines[1] ?? ""],
      ],
    );

  it("are doubted, and put right where the words are clear", () => {
    expect(findSwappedRoles(known("customer", "agent"))).toMatchObject({ agentId: "y", customerId: "x" });
    expect(rolesOf(correctSwappedRoles(known("customer", "agent")))).toEqual({ x: "agent", y: "customer" });
    expect(correctSwappedRoles(known("customer", "agent")).participants[0]?.roleConfidence).toBeGreaterThanOrEqual(0.9);
  });

  it("are not seen where the words bear the roles out, say nothing, or one side is missing", () => {
    expect(findSwappedRoles(known("agent", "customer"))).toBeNull();
    expect(findSwappedRoles(known("agent", "other"))).toBeNull();
    expect(findSwappedRoles(transcriptOf([voice("x", { role: "agent" }), voice("y", { role: "customer" })], []))).toBeNull();
    const right = known("agent", "customer");
    expect(correctSwappedRoles(right)).toBe(right);
  });
});

it(
  present ? "has calls with known roles to check" : "has no calls with known roles here: roles go unchecked on real text",
  () => {
    expect(typeof present).toBe("boolean");
  },
);

describe.runIf(present)("known calls", () => {
  it.each(["call1", "call2", "call3"])("%s: the agent is on the left", (name) => {
    const call = JSON.parse(readFileSync(join(demoCalls, `${name}.json`), "utf8")) as {
      turns: { channel: number; text: string }[];
    };
    for (const ids of [
      ["left", "right"],
      ["right", "left"],
    ]) {
      const transcript = transcriptOf(
        ids.map((id) => voice(id)),
        call.turns.map(({ channel, text }) => [channel === 0 ? "left" : "right", text] as const),
      );
      const assigned = assignRoles(transcript, { fileName: `${name}.wav` });
      expect(rolesOf(assigned)).toEqual({ left: "agent", right: "customer" });
      for (const { roleConfidence } of assigned.participants) expect(roleConfidence).toBeGreaterThan(0.9);
      // Half of the words lost or misheard still leaves enough.
      const thin = { ...transcript, turns: transcript.turns.filter((_turn, index) => index % 3 !== 0) };
      expect(rolesOf(assignRoles(thin, {}))).toEqual({ left: "agent", right: "customer" });
      expect(findSwappedRoles(assigned)).toBeNull();
    }
  });

  it("sees that agent and customer are the wrong way round in a file that has them so", () => {
    const file = JSON.parse(readFileSync(swapped, "utf8")) as {
      SpeechSegments: { SegmentSpeaker: string; DisplayText: string }[];
    };
    const transcript = transcriptOf(
      [voice("Agent", { role: "agent" }), voice("Customer", { role: "customer" })],
      file.SpeechSegments.map(({ SegmentSpeaker, DisplayText }) => [SegmentSpeaker, DisplayText] as const),
    );
    const doubt = findSwappedRoles(transcript);
    expect(doubt).toMatchObject({ agentId: "Agent", customerId: "Customer" });
    expect(doubt?.confidence).toBeGreaterThan(0.75);
  });
});
