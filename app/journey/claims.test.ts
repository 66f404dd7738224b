import { describe, expect, it } from "vitest";
import { roleSchema } from "../conversation/conversation.ts";
import { type MadeLine, made } from "../insight/categories.test-data.ts";
import { type Claim, claimsOf, type JourneyStep } from "./claims.ts";
import { traitsOf } from "./traits.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse("2026-10-19T09:00:00Z");

/** "customer: Hello." on each line. */
function linesOf(text: string): MadeLine[] {
  return text.split("\n").flatMap((line): MadeLine[] => {
    const [, role = "", said = ""] = /^\s*(\w+): (.*)$/u.exec(line) ?? [];
    const known = roleSchema.safeParse(role).data;
    return known === undefined ? [] : [[known, said]];
  });
}

function step(id: string, at: number | null, lines: string, more: Partial<JourneyStep> = {}): JourneyStep {
  const conversation = {
    ...made(linesOf(lines), { kind: "chat" }),
    id,
    startedAt: at === null ? null : new Date(at).toISOString(),
  };
  return {
    conversationId: id,
    channel: "voice",
    direction: null,
    at,
    durationMs: conversation.durationMs,
    traits: traitsOf(conversation, []),
    ...more,
  };
}
const of = <K extends Claim["kind"]>(kind: K, steps: readonly JourneyStep[], now = start + 30 * day) =>
  claimsOf(steps, now).filter((claim): claim is Extract<Claim, { kind: K }> => claim.kind === kind);

const verified = step(
  "first",
  start,
  `agent: Can I have your date of birth please?
   customer: The fourteenth of March.
   agent: Thank you, you are verified.`,
);

describe("what is asked again", () => {
  it("is a check that an earlier conversation has answered, with the words of both", () => {
    const again = step(
      "second",
      start + day,
      "agent: Can you confirm your date of birth?\ncustomer: Again? The fourteenth of March.",
    );
    const [claim] = of("asked-again", [verified, again]);
    expect(claim).toMatchObject({ what: "birth-date", conversationId: "second", earlierId: "first", doubt: null });
    expect(claim?.words.map(({ conversationId, quote }) => [conversationId, quote])).toEqual([
      ["first", "Can I have your date of birth please?"],
      ["first", "Thank you, you are verified."],
      ["second", "Can you confirm your date of birth?"],
    ]);
  });

  it("is not what nobody answered, what is only told, or another check", () => {
    const unanswered = step("first", start, "agent: What is your date of birth?\ncustomer: Why?");
    const again = step("second", start + day, "agent: Can you confirm your date of birth?\ncustomer: Yes.");
    expect(of("asked-again", [unanswered, again])).toEqual([]);
    const told = step("second", start + day, "agent: You can change your date of birth online.\ncustomer: Thank you.");
    expect(of("asked-again", [verified, told])).toEqual([]);
    const other = step("second", start + day, "agent: Can I have your account number?\ncustomer: 12345.");
    expect(of("asked-again", [verified, other])).toEqual([]);
  });

  it("is in doubt where nobody knows the order", () => {
    const again = step("second", null, "agent: Can you confirm your date of birth?\ncustomer: The fourteenth.");
    expect(of("asked-again", [verified, again])[0]?.doubt).toBe("order");
  });
});

describe("promises", () => {
  const promised = step("first", start, "customer: Please help.\nagent: We will call you back by tomorrow.");

  it("are broken where the customer says so after their time", () => {
    const later = step("second", start + 3 * day, "customer: Nobody called me back.");
    expect(of("promise", [promised, later])).toMatchObject([{ state: "broken", laterId: "second", doubt: null }]);
  });

  it("are kept by a call out of the house in time, and not by one that comes too late", () => {
    const back = step("second", start + 8 * hour, "agent: Hello.\ncustomer: Hello.", { direction: "outbound" });
    expect(of("promise", [promised, back])).toMatchObject([{ state: "kept", laterId: "second" }]);
    const late = step("second", start + 9 * day, "agent: Hello.\ncustomer: Hello.", { direction: "outbound" });
    expect(of("promise", [promised, late])).toMatchObject([{ state: "not-seen", doubt: "elsewhere" }]);
  });

  it("are open until their time is over, and never said to be broken because nothing is seen", () => {
    expect(of("promise", [promised], start + hour)).toMatchObject([{ state: "open", doubt: null }]);
    expect(of("promise", [promised])).toMatchObject([{ state: "not-seen", doubt: "elsewhere" }]);
    const timeless = step("first", start, "agent: We will call you back.");
    expect(of("promise", [timeless])).toMatchObject([{ state: "no-time", dueAt: null }]);
  });

  it("are not broken by who asks before their time is over", () => {
    const early = step("second", start + hour, "customer: Nobody called me back yet.");
    expect(of("promise", [promised, early], start + 2 * hour)).toMatchObject([{ state: "open" }]);
  });

  it("are in doubt where the customer does not say which", () => {
    const vague = step("second", start + 3 * day, "customer: You said you would sort it out.");
    expect(of("promise", [promised, vague])).toMatchObject([{ state: "broken", doubt: "which-promise" }]);
  });
});

describe("hand-overs", () => {
  it("lead to the conversation with a person that follows at once", () => {
    const bot = step("bot", start, "customer: I want to talk to a person.\nbot: I am passing you to a colleague.", {
      channel: "bot",
    });
    const chat = step("chat", start + 5 * 60_000, "agent: Hello.", { channel: "chat" });
    expect(of("hand-over", [bot, chat])).toMatchObject([{ conversationId: "bot", laterId: "chat" }]);
    expect(of("hand-over", [bot, { ...chat, at: start + day }])).toMatchObject([{ laterId: null }]);
  });
});

describe("the same matter", () => {
  it("is what the customer speaks of in two conversations, and what agents say is none", () => {
    const about = (id: string, at: number, line: string) => {
      const conversation = { ...made(linesOf(line), { kind: "chat" }), id };
      const [turn] = conversation.turns;
      const traits = traitsOf(conversation, [{ id: "complaint", name: "Complaint", turnIds: [turn?.id ?? ""] }]);
      return { conversationId: id, channel: "chat" as const, direction: null, at, durationMs: 0, traits };
    };
    const twice = [
      about("a", start, "customer: This is ridiculous."),
      about("b", start + day, "customer: I told you already, ridiculous."),
    ];
    expect(of("reason-again", twice)).toMatchObject([{ reason: "category:complaint", conversationIds: ["a", "b"], doubt: null }]);
    const byAgent = [about("a", start, "agent: This is ridiculous."), about("b", start + day, "customer: Ridiculous.")];
    expect(of("reason-again", byAgent)).toEqual([]);
  });
});
