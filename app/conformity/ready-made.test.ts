import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { made } from "../insight/categories.test-data.ts";
import { readRulesFile } from "../insight/rules-file.ts";
import { suggestionOfRule, unanswered, withSuggestion } from "./answer.ts";
import { checklistJsonSchema } from "./form-json-schema.ts";
import { questionsOf } from "./form-questions.ts";
import { checkFormText, readForm, writeForm } from "./form-text.ts";
import { type Trial, trials } from "./ready-made.test-data.ts";
import { judgeReview } from "./review.ts";
import { createAnswerer } from "./rule.ts";

const folder = fileURLToPath(new URL("../../resources/checklists/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const text = (name: string): string => readFileSync(`${folder}${name}`, "utf8");
const { categories } = readRulesFile(
  readFileSync(fileURLToPath(new URL("../../resources/categories/ready-made.yaml", import.meta.url)), "utf8"),
);

function tryOn(name: string, { lines, kind = "call", sounds, feeling }: Trial) {
  const form = readForm(text(name));
  const plain = made(lines, { kind });
  const conversation = sounds === undefined ? plain : { ...plain, sounds: [...sounds] };
  const read = { conversation, wordsHash: "h", revision: "h.0" };
  const label = (feeling ?? 0) < 0 ? ("negative" as const) : ("positive" as const);
  const felt = conversation.turns
    .filter(({ participantId }) => participantId === "customer")
    .map(({ id }) => [id, { label, score: feeling ?? 0 }] as const);
  const sentiments = feeling === undefined ? null : new Map(felt);
  const answer = createAnswerer({ ...read, sentiments, categories: new Map(categories.map((one) => [one.id, one])) });
  const answers = questionsOf(form).map(({ question }) => {
    const found = answer(question);
    return withSuggestion(unanswered(question.id), found === null ? null : suggestionOfRule(found, "test", read));
  });
  return { answers, judgement: judgeReview({ form, answers }, read) };
}

describe("the published schema", () => {
  it("is what the zod schema says", () => {
    expect(JSON.parse(text("checklist.schema.json"))).toEqual(JSON.parse(JSON.stringify(checklistJsonSchema())));
  });

  it("takes the ready-made checklists, and refuses what the language does not know", () => {
    const validate = new Ajv2020({ strict: false }).compile(checklistJsonSchema());
    for (const name of names) expect([name, validate(parse(text(name))), validate.errors]).toEqual([name, true, null]);
    const form = parse(text("complaints.yaml")) as { sections: { questions: Record<string, unknown>[] }[] };
    const first = form.sections[0]?.questions[0];
    Object.assign(first ?? {}, { answeredBy: { rule: { holds: { sad: "hello" } } } });
    expect(validate(form)).toBe(false);
  });
});

describe("the ready-made checklists", () => {
  it("are all tried", () => {
    expect(names.map((name) => name.replace(".yaml", "")).sort()).toEqual(Object.keys(trials).sort());
  });

  it.each(names)("%s says what it serves, that it is no legal advice, and is written as it is read", (name) => {
    const form = readForm(text(name));
    expect(`${form.id}.yaml`).toBe(name);
    expect(form.serves.length).toBeGreaterThan(40);
    expect(form.notice).toContain("not legal advice");
    expect(readForm(writeForm(form))).toEqual(form);
    expect(readForm(writeForm({ ...form, version: 2 }, text(name)))).toEqual({ ...form, version: 2 });
    expect(
      writeForm(form, text(name))
        .split("\n")
        .filter((line) => line.trim().startsWith("#")),
    ).toEqual(
      text(name)
        .split("\n")
        .filter((line) => line.trim().startsWith("#")),
    );
    expect(checkFormText(text(name)).faults).toEqual([]);
  });

  describe.each(Object.entries(trials))("%s", (name, { passes, fails }) => {
    it.each([
      ["passes", passes],
      ["fails", fails],
    ])("on a conversation that %s", (_, trial) => {
      const { answers, judgement } = tryOn(`${name}.yaml`, trial);
      const found = Object.fromEntries(
        judgement.questions
          .filter(({ question }) => Object.hasOwn(trial.expected, question.id))
          .map(({ question, value }) => [
            question.id,
            value === null ? null : value.kind === "choice" ? value.options.join(", ") : value.kind,
          ]),
      );
      expect(found).toEqual(trial.expected);
      expect(judgement.score.failedBy).toEqual(trial.failedBy);
      expect(judgement.score.passed).toBe(trial.passed);
      // Every answer of a rule shows what it rests on: words, a figure, or what was searched.
      for (const { suggestion, questionId } of answers) {
        if (suggestion === null || suggestion.value === null) continue;
        const basis = suggestion.evidence.length + suggestion.searched.length + suggestion.figures.length;
        expect([questionId, basis > 0]).toEqual([questionId, true]);
        expect(suggestion.sentence).toMatch(/^\S.+\.$/u);
      }
    });
  });
});
