import { describe, expect, it } from "vitest";
import { EarmarkError } from "../contract/errors.ts";
import type { FormFault } from "./form-faults.ts";
import { questionsOf } from "./form-questions.ts";
import { checkFormText, readForm, writeForm } from "./form-text.ts";

const whole = `schema: earmark-checklist/1
id: opening # for good
version: 1
title: Opening
sections:
  # The first minute.
  - id: start
    title: Start
    kind: conformity
    questions:
      - id: greeted
        type: yes-no
        ask: Was the customer greeted?
        critical: form # nobody goes without
        answeredBy:
          rule:
            holds: { said: hello, by: agent, in: { first: 30s } }
      - id: how
        type: single
        ask: How?
        when: { question: greeted, is: yes }
        options:
          - { id: warm, text: Warmly, points: 2 }
          - { id: cold, text: Coldly }
    sections:
      - id: inner
        title: Inner
        questions:
          - { id: note, type: text, ask: What else?, kind: quality }
`;

function faults(from: string, to: string): readonly FormFault[] {
  expect(whole).toContain(from);
  return checkFormText(whole.replace(from, to)).faults;
}

describe("a checklist's file", () => {
  it("is read with what is as usual, YAML or JSON", () => {
    const form = readForm(whole);
    expect(form).toMatchObject({ id: "opening", scoring: "questions", languages: ["en"], pass: null });
    expect(questionsOf(form).map(({ question, kind, sectionIds }) => [question.id, kind, sectionIds])).toEqual([
      ["greeted", "conformity", ["start"]],
      ["how", "conformity", ["start"]],
      ["note", "quality", ["start", "inner"]],
    ]);
    expect(readForm(JSON.stringify(form))).toEqual(form);
  });

  it.each([
    ["an unknown name", "by: agent", "buy: agent", 17, 35, "sections.0.questions.0.answeredBy.rule.holds", "'by'"],
    ["a mistyped name", "        ask: How?", "        aks: How?", 18, 9, "sections.0.questions.1.ask", "Add 'ask'"],
    ["an unknown type", "type: single", "type: choice", 19, 15, "sections.0.questions.1.type", "yes-no"],
    ["a wrong time", "first: 30s", "first: 30 parsecs", 17, 59, "sections.0.questions.0.answeredBy.rule.holds.in.first", "30s"],
    [
      "an unknown criterion",
      "holds: { said: hello",
      "holds: { sad: hello",
      17,
      20,
      "sections.0.questions.0.answeredBy.rule.holds",
      "said",
    ],
    ["an unknown option", "is: yes", "is: maybe", 21, 40, "sections.0.questions.1.when.is", "yes, no"],
    ["an unknown question", "question: greeted", "question: met", 21, 27, "sections.0.questions.1.when.question", "by its id"],
    ["an id twice", "id: how", "id: greeted", 18, 13, "sections.0.questions.1.id", "an id of its own"],
    [
      "an unknown section",
      "critical: form",
      "critical: { section: x }",
      14,
      19,
      "sections.0.questions.0.critical",
      "start, inner",
    ],
    ["an option without points", "points: 2", "points: 0", 23, 11, "sections.0.questions.1.options", "scored: false"],
    ["another schema", "checklist/1", "checklist/9", 1, 9, "schema", "earmark-checklist/1"],
    ["broken brackets", "is: yes }", "is: yes", 22, 9, "", "brackets"],
  ])("names line, column, path and remedy of %s", (_, from, to, line, column, path, remedy) => {
    const [first] = faults(from, to);
    expect(first).toMatchObject({ line, column, path });
    expect(`${first?.message} ${first?.remedy}`).toContain(remedy);
    expect(first?.remedy).not.toBe("");
  });

  it("names every mistake, in order", () => {
    const found = checkFormText(whole.replace("title: Start", "titel: Start").replace("points: 2", "points: two")).faults;
    expect(found.map(({ line }) => line)).toEqual([7, 8, 23]);
    expect(found[1]?.remedy).toBe("Did you mean 'title'?");
  });

  it("refuses questions that wait for one another, and patterns that cannot be searched for", () => {
    const circle = faults(
      "        ask: Was the customer greeted?",
      "        ask: Was it?\n        when: { question: how, is: warm }",
    );
    expect(circle.map(({ message }) => message)).toContain("Questions wait for one another: greeted, how, greeted.");
    expect(faults("said: hello", "pattern: '(a)\\1'")[0]).toMatchObject({
      line: 17,
      path: "sections.0.questions.0.answeredBy.rule",
    });
  });

  it("is refused, and does not bring its reader down, when it nests without end, within itself, or is something else", () => {
    const deep = (count: number): string => `${"{ not: ".repeat(count)}{ said: hello }${" }".repeat(count)}`;
    const told = (text: string) => checkFormText(text).faults.map(({ message }) => message);
    const rule = "{ said: hello, by: agent, in: { first: 30s } }";
    expect(checkFormText(whole.replace(rule, deep(19))).faults).toEqual([]);
    expect(told(whole.replace(rule, deep(25)))).toEqual(["Groups stand in groups 20 deep at most."]);
    expect(told(whole.replace(rule, deep(20_000)))).toContain("This is too deep.");
    expect(told(whole.replace(rule, "&x { not: *x }"))).toHaveLength(1);
    expect(told(`a: &a [x, x]\nb: &b [*a, *a]\n${"c: [*b, *b]\n"}`)[0]).toBe("'schema' is missing.");
    for (const text of ["- a", "just words", "null", "[[["]) expect(told(text).length).toBeGreaterThan(0);
  });

  it("throws the first mistake for whoever asks for the form", () => {
    try {
      readForm(whole.replace("type: single", "type: choice"));
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(EarmarkError);
      expect(thrown).toMatchObject({ code: "format-malformed", details: { line: 19, faults: 1 } });
    }
    expect(() => readForm("  ")).toThrow(expect.objectContaining({ code: "file-empty" }));
  });

  it("is written without what is as usual, and keeps its comments where a value changes", () => {
    const form = readForm(whole);
    const plain = writeForm(form);
    expect(readForm(plain)).toEqual(form);
    expect(plain).not.toContain("weight");
    const [section] = form.sections;
    const [greeted, how] = section?.questions ?? [];
    if (section === undefined || greeted === undefined || how === undefined) throw new Error("The form is another.");
    const changed = {
      ...form,
      title: "Beginning",
      sections: [{ ...section, questions: [{ ...how, weight: 3 }, greeted] }],
    };
    const text = writeForm(changed, whole);
    expect(readForm(text)).toEqual(changed);
    for (const comment of ["# for good", "# The first minute.", "# nobody goes without"]) expect(text).toContain(comment);
    expect(text).toContain("title: Beginning");
    // Without a readable original it is written anew.
    expect(writeForm(form, "{")).toBe(plain);
  });
});
