import { describe, expect, it } from "vitest";
import { askedByPerson } from "./asked.ts";
import { estimateAsking, roomFor } from "./budget.ts";
import { conversationOf } from "./hostile.test-data.ts";
import { askedShape, groupOf, type KeptAnswer, type QuestionShape, questionShapeSchema } from "./question.ts";
import { renderTranscript } from "./rendering.ts";

const text: QuestionShape = { kind: "text" };
const options: QuestionShape = { kind: "options", options: ["A price", "A move"] };
const kept = (more: Partial<KeptAnswer> = {}): KeptAnswer => ({
  value: null,
  justification: "",
  evidence: [],
  searched: [],
  faults: [],
  confidence: null,
  prompt: { id: "ask", version: 1 },
  written: {
    calls: [],
    flagged: [],
    parts: 1,
    engine: "endpoint",
    model: "m",
    region: null,
    frameVersion: 1,
    wordsHash: "w",
    revision: "r",
  },
  ...more,
});

describe("answers that say the same", () => {
  it("are of one group: the option that was chosen, or the same words", () => {
    expect(groupOf(options, kept({ value: { kind: "choice", options: ["option-2"] } }))).toEqual({
      key: "option-2",
      said: "A move",
    });
    expect(groupOf({ kind: "yes-no" }, kept({ value: { kind: "choice", options: ["no"] } }))).toEqual({ key: "no", said: "No" });
    const said = (words: string) => groupOf(text, kept({ value: { kind: "text", text: words } })).key;
    expect(said("By Friday.")).toBe(said("by friday"));
    expect(said("By Friday.")).not.toBe(said("By Monday."));
  });

  it("are set apart where there is no answer", () => {
    expect(groupOf(text, kept({ faults: [{ code: "cannot-tell", text: "" }] })).key).toBe("not-said");
    expect(groupOf(text, kept({ faults: [{ code: "quote-unknown", text: "" }] })).key).toBe("for-a-person");
    expect(groupOf(text, kept({ written: null })).key).toBe("no-passage");
  });

  it("come from options that differ", () => {
    expect(questionShapeSchema.safeParse({ kind: "options", options: ["Price", "price"] }).success).toBe(false);
    expect(questionShapeSchema.safeParse({ kind: "options", options: ["Price"] }).success).toBe(false);
    expect(askedShape(options)).toMatchObject({ options: [{ id: "option-1" }, { id: "option-2" }], several: false });
  });
});

describe("what asking takes", () => {
  const prompt = { id: "ask", version: 1, text: "Answer." };
  const asked = [askedByPerson("When?", askedShape(text), prompt)];
  const limits = { contextTokens: 16_000, maxOutputTokens: 2_000, crossCheck: true };
  const call = (turns: number) =>
    renderTranscript(
      conversationOf(Array.from({ length: turns }, () => ({ by: "agent", text: "the refund is on its way to you now" })))
        .conversation,
    );

  it("is one request and its check for a short call, and one more for each part of a long one", () => {
    const short = estimateAsking(asked, call(10), limits);
    expect(short.requests).toBe(2);
    expect(estimateAsking(asked, call(10), { ...limits, crossCheck: false }).requests).toBe(1);
    const long = estimateAsking(asked, call(800), limits);
    expect(long.requests).toBeGreaterThan(4);
    expect(long.inputTokens).toBeGreaterThan(10 * short.inputTokens);
    expect(estimateAsking(asked, call(0), limits)).toEqual({ requests: 0, inputTokens: 0, outputTokens: 0 });
  });

  it("leaves room for the transcript, the less the more is asked", () => {
    expect(roomFor(asked, limits, call(1))).toBeGreaterThan(roomFor([...asked, ...asked], limits, call(1)));
    expect(roomFor(asked, { contextTokens: 2_000, maxOutputTokens: 2_000 }, call(1))).toBeLessThan(0);
  });
});
