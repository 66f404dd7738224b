import { describe, expect, it } from "vitest";
import type { Question } from "../../../app/conformity/form.ts";
import { questionsOf } from "../../../app/conformity/form-questions.ts";
import { readForm } from "../../../app/conformity/form-text.ts";
import { ruleLines } from "./rule-lines.ts";

const question = (text: string): Question => {
  const form = readForm(
    `schema: earmark-checklist/1\nid: a\nversion: 1\ntitle: A\nsections:\n  - id: s\n    title: S\n    questions:\n      - ${text}`,
  );
  const [first] = questionsOf(form);
  if (first === undefined) throw new Error("The form has no question.");
  return first.question;
};

describe("what a rule means, line by line", () => {
  it("says the answer, the sentence, and the answer otherwise", () => {
    const lines = ruleLines(
      question(
        "{ id: q, type: yes-no, ask: Sorry?, answeredBy: { rule: { applies: { said: late, by: customer }, holds: { said: sorry, by: agent }, otherwise: for-a-person } } }",
      ),
    );
    expect(lines).toEqual([
      { kind: "applies", sentence: "the customer says “late”" },
      { kind: "case", outcome: { kind: "said", text: "Yes" }, sentence: "the agent says “sorry”" },
      { kind: "else", outcome: { kind: "for-a-person" } },
    ]);
  });

  it("names the options of cases, and the figure that is answered", () => {
    const cases = ruleLines(
      question(
        "{ id: q, type: single, ask: How?, options: [{ id: a, text: Well, points: 1 }, { id: b, text: Badly }], answeredBy: { rule: { cases: [{ when: { figure: interruptions, atMost: 1 }, answer: a }], otherwise: b } } }",
      ),
    );
    expect(cases.map((line) => ("outcome" in line ? line.outcome : null))).toEqual([
      { kind: "said", text: "Well" },
      { kind: "said", text: "Badly" },
    ]);
    const figure = ruleLines(
      question("{ id: q, type: numeric, ask: How long?, answeredBy: { rule: { figure: longestSilence } } }"),
    );
    expect(figure).toMatchObject([{ kind: "figure" }]);
    expect(ruleLines(question("{ id: q, type: yes-no, ask: Why?, answeredBy: person }"))).toEqual([]);
  });
});
