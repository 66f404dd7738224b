import { describe, expect, it } from "vitest";
import { type MadeLine, made } from "../insight/categories.test-data.ts";
import { claimsOf, type JourneyStep } from "../journey/claims.ts";
import { traitsOf } from "../journey/traits.ts";
import { suggestionOfRule } from "./answer.ts";
import { criterionSchema } from "./criterion.ts";
import { explainCriterion } from "./criterion-text.ts";
import { asksForJourney, questionsOf } from "./form-questions.ts";
import { checkFormText, readForm } from "./form-text.ts";
import type { KnownJourney } from "./journey-criterion.ts";
import { createAnswerer } from "./rule.ts";

const text = (rule: string) => `
schema: earmark-checklist/1
id: journey
version: 1
title: Journey
description: What the customer had to repeat.
serves: A service standard for what happens between a bot and an agent.
sections:
  - id: one
    title: One
    questions:
      - id: asked-again
        type: yes-no
        ask: Was the caller asked to repeat what the bot already knew?
        wanted: no
        answeredBy:
          rule:
            holds: ${rule}
`;
const hour = 3_600_000;
const start = Date.parse("2026-10-19T09:00:00Z");
const stepOf = (id: string, channel: JourneyStep["channel"], at: number, lines: readonly MadeLine[]) => {
  const conversation = { ...made(lines, { kind: channel === "voice" ? "call" : "chat" }), id, channel };
  return {
    conversation,
    step: { conversationId: id, channel, direction: null, at, durationMs: 0, traits: traitsOf(conversation, []) },
  };
};
const bot = stepOf("bot", "bot", start, [
  ["bot", "What is your date of birth?"],
  ["customer", "14 March"],
  ["bot", "Thank you, you are verified."],
  ["bot", "I am passing you to a colleague."],
]);
const call = stepOf("call", "voice", start + hour, [
  ["agent", "Can I have your date of birth please?"],
  ["customer", "I told your bot already."],
]);
const known: KnownJourney = { steps: [bot.step, call.step], claims: claimsOf([bot.step, call.step], start + hour) };

function answer(rule: string, journey: (() => KnownJourney | null) | undefined, conversation = call.conversation) {
  const form = readForm(text(rule));
  const read = { conversation, wordsHash: "h", revision: "h.0" };
  const [first] = questionsOf(form);
  const input = { ...read, sentiments: null, categories: new Map(), ...(journey === undefined ? {} : { journey }) };
  const found = first === undefined ? null : createAnswerer(input)(first.question);
  if (found === null) throw new Error("No rule answers it.");
  return { form, found, suggestion: suggestionOfRule(found, "test", read) };
}

describe("a rule about a journey", () => {
  it("answers with the words of this conversation and names the other", () => {
    const { form, found, suggestion } = answer("{ journey: asked-again, of: bot }", () => known);
    expect(found.value).toEqual({ kind: "choice", options: ["yes"] });
    expect(found.sentence).toContain("“Can I have your date of birth please?”");
    expect(found.sentence).toContain("the customer's other bot");
    expect(suggestion.evidence[0]?.elsewhere).toEqual([
      { conversationId: "bot", channel: "bot", turnId: "t0", startMs: 0 },
      { conversationId: "bot", channel: "bot", turnId: "t2", startMs: 20_000 },
    ]);
    // Nothing that the other conversation says is kept with this one.
    expect(JSON.stringify(suggestion)).not.toContain("14 March");
    expect(asksForJourney(form)).toBe(true);
  });

  it.each([
    ["{ journey: asked-again, of: chat }", "no"],
    ["{ journey: asked-again, withinDays: 0.01 }", "no"],
    ["{ journey: earlier-conversation }", "yes"],
    ["{ journey: handed-over, of: bot }", "yes"],
    ["{ journey: promise-broken }", "no"],
    ["{ all: [{ journey: earlier-conversation }, { said: [date of birth], by: agent }] }", "yes"],
    ["{ not: { journey: earlier-conversation } }", "no"],
  ])("%s is answered %s", (rule, option) => {
    expect(answer(rule, () => known).found.value).toEqual({ kind: "choice", options: [option] });
  });

  it("says of the first conversation that nothing came before", () => {
    expect(answer("{ journey: earlier-conversation }", () => known, bot.conversation).found.value).toEqual({
      kind: "choice",
      options: ["no"],
    });
  });

  it("leaves it to a person while nobody has looked for the others", () => {
    for (const journey of [undefined, () => null, () => ({ steps: [], claims: [] })]) {
      const { found } = answer("{ journey: asked-again }", journey);
      expect([found.value, found.unjudged]).toEqual([
        null,
        ["the other conversations of this customer have not been looked for"],
      ]);
    }
  });

  it("is told for people, and a mistake in it is told with its place", () => {
    expect(explainCriterion(criterionSchema.parse({ journey: "asked-again", of: "bot", withinDays: 7 }))).toBe(
      "the customer is asked again for what an earlier session with a bot of the last 7 days knew",
    );
    const { faults } = checkFormText(text("{ journey: askd-again }"));
    expect(faults).toHaveLength(1);
    expect(faults[0]?.path).toContain("journey");
    expect(faults[0]?.remedy).toContain("asked-again");
    expect(faults[0]?.line).toBe(18);
  });
});
