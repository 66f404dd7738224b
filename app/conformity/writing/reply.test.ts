import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { questionSchema } from "../form.ts";
import { type Asked, askedOfPrompt, askedOfQuestion } from "./asked.ts";
import { conversationOf } from "./hostile.test-data.ts";
import { promptSchema } from "./prompt.ts";
import { renderTranscript } from "./rendering.ts";
import { findQuote, type ReplyContext, readAnswers, readChecks } from "./reply.ts";
import { answerRequest } from "./request.ts";
import { suggestionOfWriter, takenBy, type Written } from "./written.ts";

const prompt = { id: "checklist", version: 3, text: "Judge the agent." };
const asked = (question: object): Asked =>
  askedOfQuestion(questionSchema.parse({ id: "q", ask: "Did it happen?", type: "yes-no", ...question }), prompt);
const read = conversationOf([
  { by: "agent", text: "Good morning, I'm Laura. Don't worry & hold on" },
  { by: "customer", text: "um My bill is £40.50 / month" },
  { by: "customer", text: "<b>It doubled</b> in March", written: true },
]);
const rendered = renderTranscript(read.conversation);
const quote = (from: string, to: string, words: string) => ({ from, to, words });
const good = quote("1.1", "1.2", "Good morning");
const answer = (more: object) => ({
  question: "q",
  status: "answered",
  basis: "words",
  quotes: [good],
  justification: "So.",
  options: ["yes"],
  ...more,
});
const one = (question: Asked, given: object, more: Partial<ReplyContext> = {}) =>
  readAnswers({ answers: [answer(given)] }, { asked: [question], rendered, mode: "whole", suspicious: new Set(), ...more }).get(
    "q",
  );
const codes = (reading: ReturnType<typeof one>) =>
  reading?.kind === "wrong" ? reading.faults.map(({ code }) => code) : reading?.kind;

describe("a quote", () => {
  it.each([
    ["as it stands", "1.1", "1.2", "Good morning,"],
    ["with other signs and capitals", "1.1", "1.2", "good MORNING"],
    ["with a contraction spelled out", "1.3", "1.4", "I am Laura"],
    ["with what was escaped", "1.6", "1.8", "worry &amp; hold"],
    ["with a filler left out", "2.1", "2.3", "My bill"],
    ["of a message", "3.1", "3.2", "<b>It doubled</b>"],
  ])("is found %s", (_, from, to, words) => {
    expect(findQuote(quote(from, to, words), rendered)).not.toHaveProperty("code");
  });

  it.each([
    ["quote-unknown", "1.1", "1.99", "Good morning"],
    ["quote-unknown", "word one", "1.2", "Good morning"],
    ["quote-across-turns", "1.8", "2.2", "on My"],
    ["quote-backwards", "1.2", "1.1", "Good morning"],
    ["quote-not-verbatim", "1.1", "1.2", "Good evening"],
    ["quote-not-verbatim", "1.1", "1.3", "Good morning"],
    ["quote-not-verbatim", "1.1", "1.2", "Good morning and welcome"],
    ["quote-empty", "1.7", "1.7", "&"],
  ])("is refused: %s", (code, from, to, words) => {
    expect(findQuote(quote(from, to, words), rendered)).toMatchObject({ code });
  });

  it("names words by their own ids, and characters where there are none", () => {
    expect(findQuote(quote("2.2", "2.3", "my bill"), rendered)).toMatchObject({
      turnId: "t2",
      wordIds: ["t2-1", "t2-2"],
      text: "My bill",
    });
    expect(findQuote(quote("3.2", "3.3", "doubled</b> in"), rendered)).toMatchObject({
      turnId: "t3",
      wordIds: [],
      chars: { from: 6, to: 20 },
    });
  });

  it("repeats nothing that the model made up", () => {
    expect(JSON.stringify(findQuote(quote("say yes", "1.2", "x"), rendered))).not.toContain("say yes");
  });
});

describe("an answer", () => {
  it("is proven by its quotes", () => {
    expect(one(asked({}), { confidence: 0.7 })).toMatchObject({
      kind: "proven",
      value: { kind: "choice", options: ["yes"] },
      quotes: [{ turnId: "t1", number: 1, text: "Good morning," }],
      searched: null,
      confidence: 0.7,
    });
  });

  it.each<[string, object, object, string | readonly string[]]>([
    ["an option that is not there", {}, { options: ["maybe"] }, ["value-unfit"]],
    ["two options of one", {}, { options: ["yes", "no"] }, ["value-unfit"]],
    ["no value", {}, { options: [] }, ["value-unfit"]],
    ["no quote", {}, { quotes: [] }, ["no-evidence"]],
    ["one wrong quote among right ones", {}, { quotes: [good, quote("1.1", "1.2", "Bad morning")] }, ["quote-not-verbatim"]],
    ["absence without what was searched", {}, { basis: "absence", quotes: [], searched: " " }, ["absence-unsaid"]],
    ["absence with it", {}, { basis: "absence", quotes: [], searched: "a greeting", options: ["no"] }, "proven"],
    ["not applicable where that is allowed", {}, { status: "not-applicable", options: [] }, "proven"],
    ["not applicable where it is not", { notApplicable: false }, { status: "not-applicable" }, ["not-applicable-refused"]],
    ["an unknown status", {}, { status: "surely" }, ["shape"]],
    ["a number out of its range", { type: "numeric", min: 0, max: 10 }, { number: 11 }, ["value-unfit"]],
    ["a number in it", { type: "numeric", min: 0, max: 10 }, { number: 10 }, "proven"],
    ["a date that no calendar has", { type: "date" }, { date: "2026-02-30" }, ["value-unfit"]],
    ["a date", { type: "date" }, { date: "2026-02-28" }, "proven"],
    ["a text", { type: "text" }, { text: "A greeting" }, "proven"],
    ["an empty text", { type: "text" }, { text: " " }, ["value-unfit"]],
    ["a confidence that is none", {}, { confidence: "high" }, "proven"],
    ["leaving it open", {}, { status: "cannot-tell", quotes: [] }, "open"],
  ])("with %s", (_, question, given, expected) => {
    expect(codes(one(asked(question), given))).toEqual(expected);
  });

  it("that is missing, or given twice, is refused, and costs no other", () => {
    const questions = ["a", "b", "c"].map((id) => asked({ id }));
    const readings = readAnswers(
      {
        answers: [
          answer({ question: "a" }),
          answer({ question: "b" }),
          answer({ question: "b" }),
          answer({ question: "other" }),
          7,
          null,
        ],
      },
      { asked: questions, rendered, mode: "whole", suspicious: new Set() },
    );
    expect([...readings].map(([id, reading]) => [id, codes(reading)])).toEqual([
      ["a", "proven"],
      ["b", ["shape"]],
      ["c", ["missing"]],
    ]);
  });

  it.each([undefined, null, 3, "yes", [], {}, { answers: "yes" }, { answers: [[]] }])("is missing in %j", (input) => {
    expect(codes(readAnswers(input, { asked: [asked({})], rendered, mode: "whole", suspicious: new Set() }).get("q"))).toEqual([
      "missing",
    ]);
  });

  it("is read out of anything without falling, and proven by nothing but words that stand there", () => {
    const part = fc.oneof(
      fc.anything(),
      fc.constantFrom("q", "answered", "words", "absence", "1.1", "1.2", "Good morning", "yes", 0.5),
    );
    const quotes = fc.array(fc.oneof(part, fc.record({ from: part, to: part, words: part })), { maxLength: 3 });
    const given = fc.record({
      question: part,
      status: part,
      basis: part,
      quotes,
      options: fc.array(part),
      justification: part,
      searched: part,
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ answers: fc.array(given) })), (input) => {
        const reading = readAnswers(input, { asked: [asked({})], rendered, mode: "whole", suspicious: new Set() }).get("q");
        if (reading?.kind !== "proven") return;
        expect(reading.searched !== null || reading.quotes.length > 0).toBe(true);
        for (const { wordIds } of reading.quotes) expect(wordIds.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it("that rests on somebody speaking to the machine is left to a person", () => {
    expect(codes(one(asked({}), {}, { suspicious: new Set([1]) }))).toEqual(["speaks-to-machine"]);
    expect(codes(one(asked({}), {}, { suspicious: new Set([2]) }))).toBe("proven");
    const nothing = { basis: "absence", quotes: [], searched: "a greeting" };
    expect(codes(one(asked({}), nothing, { suspicious: new Set([2]) }))).toEqual(["speaks-to-machine"]);
    expect(codes(one(asked({}), { status: "not-applicable" }, { suspicious: new Set([2]) }))).toEqual(["speaks-to-machine"]);
  });

  it("of a part cannot say what was not said in the whole", () => {
    expect(codes(one(asked({}), { basis: "absence", quotes: [], searched: "a greeting" }, { mode: "gather" }))).toEqual([
      "absence-in-part",
    ]);
  });

  it("that is a list needs a quote for every entry", () => {
    const next = askedOfPrompt(
      promptSchema.parse({
        schema: "earmark-prompt/1",
        id: "q",
        version: 1,
        title: "What is left?",
        use: "insight",
        text: "List it.",
        output: {
          kind: "list",
          fields: [
            { name: "action", about: "what" },
            { name: "due", about: "when", required: false },
          ],
        },
      }),
    );
    const item = (values: object, quotes: object[]) => ({ values, quotes });
    expect(
      one(next, { items: [item({ action: "Hold", due: null }, [quote("1.8", "1.9", "hold on")])], quotes: [] }),
    ).toMatchObject({
      kind: "proven",
      value: { kind: "list", items: [{ fields: { action: "Hold" }, quotes: [0] }] },
    });
    expect(codes(one(next, { items: [item({ action: "Hold" }, [])] }))).toEqual(["no-evidence"]);
    expect(codes(one(next, { items: [item({ due: "now" }, [good])] }))).toEqual(["value-unfit"]);
    expect(codes(one(next, { items: [item({ action: "x", owner: "y" }, [good])] }))).toEqual(["value-unfit"]);
    expect(codes(one(next, { items: [], quotes: [] }))).toEqual(["absence-unsaid"]);
  });

  it("becomes a suggestion with evidence in the revision", () => {
    const reading = one(asked({}), {});
    if (reading?.kind !== "proven") throw new Error("It was not proven.");
    const written: Written = {
      answers: [{ id: "q", ...reading, quotes: [...reading.quotes], faults: [], prompt: { id: "checklist", version: 3 } }],
      calls: [
        {
          purpose: "answer",
          at: "2026-02-03T10:00:00Z",
          model: "m",
          requestHash: "abc",
          inputTokens: 10,
          outputTokens: 2,
          cost: null,
          asked: ["q"],
          ms: 5,
        },
      ],
      flagged: [],
      parts: 1,
      engine: "bedrock",
      model: "m",
      region: "eu-west-1",
      frameVersion: 1,
      wordsHash: "hash",
      revision: "r1",
    };
    const [first] = written.answers;
    if (first === undefined) throw new Error("There is no answer.");
    const suggestion = suggestionOfWriter(first, written, read);
    expect(suggestion).toMatchObject({
      by: "writer",
      value: { kind: "choice", options: ["yes"] },
      source: "bedrock m checklist/3 frame/1 sha256:abc",
    });
    expect(suggestion.evidence[0]).toMatchObject({
      stance: "for",
      anchor: { wordIds: ["t1-0", "t1-1"], quote: "Good morning,", turnId: "t1" },
      roles: ["agent"],
    });
    const message = findQuote(quote("3.3", "3.4", "in March"), rendered);
    if ("code" in message) throw new Error(message.text);
    expect(suggestionOfWriter({ ...first, quotes: [message] }, written, read).evidence[0]).toMatchObject({
      anchor: { kind: "turn", turnId: "t3", wordIds: [] },
      chars: { from: 18, to: 26 },
    });
    const absent = suggestionOfWriter({ ...first, quotes: [], searched: "a farewell" }, written, read);
    expect(absent.searched[0]).toMatchObject({ what: "a farewell", turns: 3, startMs: 0 });
    expect(takenBy(written.calls)).toEqual({ inputTokens: 10, outputTokens: 2, cost: null });
  });
});

describe("a check", () => {
  it("supports what it says yes to, once and for all", () => {
    const check = (question: string, supported: string) => ({ question, supported });
    const checks = [check("a", "yes"), check("b", "no"), check("c", "yes"), check("c", "no"), check("d", "surely")];
    expect([...readChecks({ checks })]).toEqual(["a"]);
    expect([...readChecks("yes")]).toEqual([]);
  });
});

describe("a request", () => {
  it("has the questions in the system text and what was said in the message alone", () => {
    const [part] = [{ turns: rendered.turns.map((turn) => ({ turn, words: turn.words })), tokens: 1 }];
    if (part === undefined) throw new Error("There is no part.");
    const request = answerRequest({
      asked: [asked({ instructions: "Any greeting counts." })],
      part,
      mode: "whole",
      faults: new Map([["q", [{ code: "no-evidence", text: "Quote the words." }]]]),
      nonce: "n0nce",
      maxTokens: 100,
      conversationId: "c1",
      rendered,
    });
    expect(request.system).toContain("Did it happen?");
    expect(request.system).toContain("Any greeting counts.");
    expect(request.system).toContain("no-evidence: Quote the words.");
    expect(request.system).not.toContain("morning");
    expect(request.message.startsWith("<transcript-n0nce>\n[1] agent 0:00 1.1|Good")).toBe(true);
    expect(request.message).not.toContain("Did it happen?");
    expect(request.tool.schema).toMatchObject({
      properties: { answers: { items: { properties: { question: { enum: ["q"] } } } } },
    });
  });
});
