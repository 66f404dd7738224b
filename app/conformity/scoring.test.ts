import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerValue, choice, notApplicableAnswer } from "./answer-value.ts";
import { type AnswerDoubt, doubtfulAnswer } from "./doubt.ts";
import { type Form, formSchema } from "./form.ts";
import { questionsOf } from "./form-questions.ts";
import { scoreRange } from "./score-range.ts";
import { scoreForm } from "./scoring.ts";

type Loose = Record<string, unknown>;

function formOf(sections: Loose[], more: Loose = {}): Form {
  return formSchema.parse({ schema: "earmark-checklist/1", id: "f", version: 1, title: "F", sections, ...more });
}

function section(id: string, questions: Loose[], more: Loose = {}): Loose {
  return { id, title: id, questions, ...more };
}

function yesNo(id: string, more: Loose = {}): Loose {
  return { id, type: "yes-no", ask: `${id}?`, ...more };
}

function values(entries: Record<string, AnswerValue | string>): Map<string, AnswerValue> {
  return new Map(Object.entries(entries).map(([id, value]) => [id, typeof value === "string" ? choice(value) : value]));
}

describe("a score", () => {
  it("weighs questions", () => {
    const form = formOf([section("s", [yesNo("a", { weight: 3 }), yesNo("b")])]);
    expect(scoreForm(form, values({ a: "yes", b: "no" })).overall).toMatchObject({ percent: 75, askable: 2, answered: 2 });
  });

  it("weighs sections, and then what is in them", () => {
    const form = formOf(
      [
        section("s", [yesNo("a"), yesNo("b")], { weight: 3, sections: [section("t", [yesNo("c")], { weight: 2 })] }),
        section("u", [yesNo("d")]),
      ],
      { scoring: "sections" },
    );
    const score = scoreForm(form, values({ a: "yes", b: "no", c: "yes", d: "no" }));
    expect(score.sections.map(({ sectionId, percent }) => [sectionId, percent])).toEqual([
      ["s", 75],
      ["t", 100],
      ["u", 0],
    ]);
    expect(score.overall.percent).toBe(56.25);
  });

  it("adds points, a bonus above the line alone and never past 100", () => {
    const form = formOf(
      [section("s", [yesNo("a", { points: 8 }), yesNo("b", { points: 2 }), yesNo("c", { points: 5, bonus: true })])],
      {
        scoring: "points",
      },
    );
    expect(scoreForm(form, values({ a: "no", b: "yes", c: "yes" })).overall).toMatchObject({
      percent: 70,
      earned: 7,
      possible: 10,
    });
    expect(scoreForm(form, values({ a: "yes", b: "yes", c: "yes" })).overall.percent).toBe(100);
    expect(scoreForm(form, values({ a: "no", b: "yes", c: "no" })).overall.percent).toBe(20);
  });

  it("counts options that add up, and the range that a number lies in", () => {
    const form = formOf([
      section("s", [
        {
          id: "m",
          type: "multiple",
          ask: "m?",
          options: [
            { id: "a", text: "A", points: 1 },
            { id: "b", text: "B", points: 3 },
          ],
        },
        {
          id: "n",
          type: "numeric",
          ask: "n?",
          ranges: [
            { to: 10, points: 2 },
            { from: 11, to: 20, points: 1 },
          ],
        },
      ]),
    ]);
    expect(scoreForm(form, values({ m: choice("b"), n: { kind: "number", number: 20 } })).questions).toMatchObject([
      { earned: 3, possible: 4 },
      { earned: 1, possible: 2 },
    ]);
    expect(scoreForm(form, values({ n: { kind: "number", number: 21 } })).overall.percent).toBe(0);
  });

  it("is none where nothing is scored, which is not zero", () => {
    const form = formOf([section("s", [yesNo("a"), { id: "t", type: "text", ask: "t?" }])], {
      pass: 80,
      bands: [{ name: "Low", from: 0 }],
    });
    expect(scoreForm(form, new Map())).toMatchObject({
      overall: { percent: null, askable: 2, answered: 0 },
      band: null,
      passed: null,
    });
    const text = values({ t: { kind: "text", text: "x" }, a: notApplicableAnswer });
    expect(scoreForm(form, text)).toMatchObject({ overall: { percent: null, askable: 1, answered: 1 }, passed: null });
    expect(scoreForm(formOf([section("s", [yesNo("a")])], { scoring: "none" }), values({ a: "yes" })).overall.percent).toBeNull();
  });

  it("fails the form, or the section alone, or another one; and only the score of the question's kind", () => {
    const form = formOf([
      section("s", [yesNo("a", { critical: "form", kind: "conformity" }), yesNo("b")]),
      section("t", [yesNo("c", { critical: "section" }), yesNo("d"), yesNo("e", { critical: { section: "s" } })]),
    ]);
    const good = { a: "yes", b: "yes", c: "yes", d: "yes", e: "yes" };
    expect(scoreForm(form, values({ ...good, a: "no" }))).toMatchObject({
      overall: { percent: 0 },
      conformity: { percent: 0 },
      quality: { percent: 100 },
      failedBy: ["a"],
    });
    const own = scoreForm(form, values({ ...good, c: "no" }));
    expect(own.overall.percent).toBe(40);
    expect(own.sections).toMatchObject([
      { percent: 100, failedBy: [] },
      { percent: 0, failedBy: ["c"] },
    ]);
    expect(scoreForm(form, values({ ...good, e: "no" })).sections).toMatchObject([
      { percent: 0, failedBy: ["e"] },
      { percent: 66.67 },
    ]);
  });

  it("names the band and whether it is passed", () => {
    const bands = [
      { name: "Low", from: 0 },
      { name: "High", from: 75 },
    ];
    const form = formOf([section("s", [yesNo("a", { weight: 3 }), yesNo("b")], { bands })], { bands, pass: 80 });
    expect(scoreForm(form, values({ a: "yes", b: "no" }))).toMatchObject({
      band: "High",
      passed: false,
      sections: [{ band: "High" }],
    });
    expect(scoreForm(form, values({ a: "no", b: "yes" }))).toMatchObject({ band: "Low", passed: false });
  });

  it("leaves out what is not asked, also behind a question that is not asked", () => {
    const form = formOf([
      section("s", [
        yesNo("a"),
        yesNo("b", { when: { question: "a", is: "yes" } }),
        yesNo("c", {
          when: {
            any: [
              { question: "b", is: "yes" },
              { question: "b", notApplicable: true },
            ],
          },
        }),
        yesNo("d", { unless: { question: "a", is: "no" } }),
      ]),
    ]);
    const states = (given: Record<string, AnswerValue | string>) =>
      scoreForm(form, values(given)).questions.map(({ state }) => state);
    expect(states({ a: "yes", b: "yes", c: "no", d: "yes" })).toEqual(["scored", "scored", "scored", "scored"]);
    expect(states({ a: "no", b: "yes", c: "no", d: "yes" })).toEqual(["scored", "not-asked", "not-asked", "not-asked"]);
    expect(states({})).toEqual(["unanswered", "not-asked", "not-asked", "unanswered"]);
  });
});

/** A form of up to eight questions in up to three sections, and answers to it. */
const made = fc
  .record({
    scoring: fc.constantFrom("questions", "sections", "points"),
    sections: fc.array(
      fc.record({
        weight: fc.integer({ min: 1, max: 9 }),
        questions: fc.array(
          fc.record({
            weight: fc.integer({ min: 1, max: 9 }),
            points: fc.integer({ min: 1, max: 10 }),
            critical: fc.constantFrom(undefined, undefined, undefined, "form", "section"),
            bonus: fc.boolean(),
            kind: fc.constantFrom("conformity", "quality"),
            value: fc.constantFrom("yes", "no", "na", null),
            doubt: fc.constantFrom(0, 0, 0.5, 1),
          }),
          { minLength: 1, maxLength: 4 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ scoring, sections }) => {
    const answers = new Map<string, AnswerValue>();
    const doubts: AnswerDoubt[] = [];
    const parts = sections.map(({ weight, questions }, at) =>
      section(
        `s${at}`,
        questions.map(({ value, doubt, critical, ...rest }, index) => {
          const id = `q${at}.${index}`;
          if (value !== null) answers.set(id, value === "na" ? notApplicableAnswer : choice(value));
          doubts.push({ questionId: id, amount: doubt, reasons: [] });
          return yesNo(id, { ...rest, ...(critical === undefined ? {} : { critical }) });
        }),
        { weight },
      ),
    );
    return { form: formOf(parts, { scoring }), answers, doubts };
  });

describe("every score", () => {
  it("does not depend on the order of questions and sections", () => {
    fc.assert(
      fc.property(made, ({ form, answers }) => {
        const turned = {
          ...form,
          sections: form.sections.map((one) => ({ ...one, questions: [...one.questions].reverse() })).reverse(),
        };
        const [one, other] = [scoreForm(form, answers), scoreForm(turned, answers)];
        for (const kind of ["overall", "conformity", "quality"] as const) expect(other[kind]).toEqual(one[kind]);
        const byId = new Map(other.sections.map((each) => [each.sectionId, each]));
        for (const each of one.sections) expect(byId.get(each.sectionId)?.percent).toBe(each.percent);
      }),
    );
  });

  it("is the same whether a question is not applicable or not there", () => {
    fc.assert(
      fc.property(made, fc.nat(), ({ form, answers }, pick) => {
        const ids = questionsOf(form).map(({ question }) => question.id);
        const id = ids[pick % ids.length] ?? "";
        const without = {
          ...form,
          sections: form.sections.map((one) => ({ ...one, questions: one.questions.filter((question) => question.id !== id) })),
        };
        const skipped = scoreForm(form, new Map(answers).set(id, notApplicableAnswer));
        expect(scoreForm(without, answers).overall).toEqual(skipped.overall);
        expect(scoreForm(without, answers).sections.map(({ percent }) => percent)).toEqual(
          skipped.sections.map(({ percent }) => percent),
        );
      }),
    );
  });

  it("is the same when all weights, or all points, grow alike", () => {
    fc.assert(
      fc.property(made, fc.constantFrom(2, 4, 0.5), ({ form, answers }, factor) => {
        const grown = {
          ...form,
          sections: form.sections.map((one) => ({
            ...one,
            weight: one.weight * factor,
            questions: one.questions.map((question) => ({
              ...question,
              weight: question.weight * factor,
              ...(question.type === "yes-no" ? { points: question.points * factor } : {}),
            })),
          })),
        };
        expect(scoreForm(grown as Form, answers).overall.percent).toBe(scoreForm(form, answers).overall.percent);
      }),
    );
  });

  it("lies between 0 and 100, and within its range, whose ends are reached by the changes that it names", () => {
    fc.assert(
      fc.property(made, ({ form, answers, doubts }) => {
        const range = scoreRange(form, answers, doubts);
        const { percent, lowest, highest } = range;
        expect(percent).toBe(scoreForm(form, answers).overall.percent);
        if (percent !== null) {
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
          expect(lowest).toBeLessThanOrEqual(percent);
          expect(highest).toBeGreaterThanOrEqual(percent);
        }
        for (const [flips, end] of [[range.low, lowest] as const, [range.high, highest] as const]) {
          const way = new Map(answers);
          for (const { questionId, to } of flips) {
            expect(doubts.find((one) => one.questionId === questionId)?.amount).toBeGreaterThanOrEqual(doubtfulAnswer);
            if (to === null) way.delete(questionId);
            else way.set(questionId, to);
          }
          expect(scoreForm(form, way).overall.percent).toBe(end);
        }
      }),
    );
  });

  it("has the range that trying every way gives, and one within it where there are too many ways", () => {
    const questions = Array.from({ length: 13 }, (_, index) => yesNo(`q${index}`, { weight: index + 1 }));
    const form = formOf([section("s", questions)]);
    const answers = new Map(
      questionsOf(form).map(({ question }, index) => [question.id, choice(index % 2 === 0 ? "yes" : "no")]),
    );
    const doubts = [...answers.keys()].map((questionId) => ({ questionId, amount: 0.5, reasons: [] }));
    expect(scoreRange(form, answers, doubts)).toMatchObject({ lowest: 0, highest: 100, exact: false });
    expect(scoreRange(form, answers, doubts.slice(0, 9))).toMatchObject({ exact: true });
  });
});
