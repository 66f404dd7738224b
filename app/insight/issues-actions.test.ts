import { expect, it } from "vitest";
import { made } from "./categories.test-data.ts";
import { tellingSpans } from "./issues-actions.ts";
import { quoteAt } from "./rules-evaluate.ts";

it("finds the sentence of an issue, an action and an outcome, by whoever tells it", () => {
  const call = made([
    ["customer", "Hi there. My internet has stopped working since Monday. Can you look?"],
    ["agent", "Sure. I'll send an engineer tomorrow. Is that fine?"],
    ["agent", "The visit has been booked. Bye."],
  ]);
  expect(tellingSpans(call).map((span) => [span.kind, quoteAt(call, span)])).toEqual([
    ["issue", "My internet has stopped working since Monday."],
    ["action", "I'll send an engineer tomorrow."],
    ["outcome", "The visit has been booked."],
  ]);
  const chat = made([["customer", "Hello! I was charged twice. Why?"]], { kind: "chat" });
  expect(tellingSpans(chat).map((span) => quoteAt(chat, span))).toEqual(["I was charged twice."]);
  expect(tellingSpans(made([["agent", "My internet has stopped working."]]))).toEqual([]);
  expect(tellingSpans({ ...call, language: "es" })).toEqual([]);
});
