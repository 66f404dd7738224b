import { describe, expect, it } from "vitest";
import { unanswered } from "../conformity/answer.ts";
import { choice } from "../conformity/answer-value.ts";
import { readForm } from "../conformity/form-text.ts";
import {
  type PeriodHead,
  type PeriodLine,
  periodBlocks,
  periodCount,
  periodSections,
  periodTitle,
  sampleText,
  shareText,
} from "./period-report.ts";

const form = readForm(`
schema: earmark-checklist/1
id: late
version: 1
title: Late refunds
sections:
  - id: start
    title: Start
    questions:
      - { id: sorry, type: yes-no, ask: Did the agent apologise?, critical: form }
      - { id: kind, type: yes-no, ask: Was the agent kind? }
`);
const line = (percent: number, more: Partial<PeriodLine> = {}): PeriodLine => ({
  ...{ evaluationId: "e", conversationId: "c", title: "A call", agent: "Bo", startedAt: null, evaluator: "Ann", formVersion: 1 },
  ...{
    submittedAt: "2026-11-20T12:00:00.000Z",
    percent,
    lowest: percent,
    highest: percent,
    band: null,
    passed: percent >= 80,
    failed: 0,
  },
  ...more,
});
const said = (sorry: string, kind: string) =>
  [["sorry", sorry] as const, ["kind", kind] as const].map(([id, value]) => ({
    ...unanswered(id),
    decision: {
      ...{ value: choice(value), reason: null, evidence: [], searched: [], suggested: id === "kind" ? choice("no") : null },
      ...{ author: "Ann", at: "2026-11-20T12:00:00.000Z", wordsHash: "w", revision: "r" },
    },
  }));
const head: PeriodHead = {
  ...{
    formTitle: "Late refunds",
    formId: "late",
    days: { from: "2026-11-01", to: "2026-11-30" },
    selected: null,
    agent: null,
    tag: null,
    sample: null,
  },
  ...{ createdAt: "2026-12-01T08:00:00.000Z", createdBy: "Ann", earmark: "0" },
};

describe("the report of a period", () => {
  it("counts what its evaluations came to, question by question", () => {
    const count = periodCount();
    count.add(line(100), form, said("yes", "yes"));
    count.add(line(0, { failed: 1 }), form, said("no", "no"));
    expect(count.figures()).toMatchObject({
      evaluations: 2,
      score: { n: 2, mean: 50, from: 0, to: 100 },
      passed: { of: 2, count: 1 },
      criticalEvaluations: 1,
      questions: [
        { id: "sorry", scored: 2, full: 1, failed: 1, overridden: 0 },
        { id: "kind", scored: 2, full: 1, failed: 0, overridden: 1 },
      ],
    });
  });

  it("reads no rate off a few, and an interval off more", () => {
    expect(shareText(3, 4)).toBe("3 of 4, too few for a rate");
    // Wilson's interval of 8 in 10.
    expect(shareText(8, 10)).toBe("80 % (8 of 10; 49 % to 94 %)");
    expect(shareText(0, 0)).toBe("none");
    const few = JSON.stringify(periodBlocks(head, periodCount().figures(), [], null));
    expect(few).toContain("no evaluation was scored");
    expect(few).toContain("So few evaluations show what happened in them, and no trend.");
  });

  it("says how it was sampled, and what a sample does not stand for", () => {
    const plan = {
      kind: "risk",
      search: "queue:claims",
      size: 5,
      weights: { silence: 1, interruptions: 0, length: 0, agentTalk: 0 },
    } as const;
    const sample = {
      name: "November",
      at: "2026-11-01T09:00:00.000Z",
      author: "Ann",
      seed: "s1",
      plan,
      population: 90,
      chosen: 5,
    };
    const told = sampleText({ sample, selected: null });
    expect(told).toContain("5 of 90 conversations of what the search “queue:claims” finds");
    expect(told).toContain("The seed s1");
    expect(told).toContain("do not stand for all conversations");
  });

  it("says that conversations were chosen by hand, and names no days then", () => {
    const chosen = { ...head, days: null, selected: 3 };
    expect(sampleText(chosen)).toContain("3 conversations were chosen by hand");
    expect(periodTitle(chosen)).toBe("Late refunds: chosen conversations");
    expect(periodSections(chosen, periodCount().figures())).toMatchObject({
      report: { schema: "earmark-period/1", kind: "period" },
      period: { days: null, selected: 3 },
    });
  });

  it("sets lines only as they are asked for", () => {
    let read = 0;
    const lines = function* () {
      for (let index = 0; index < 3; index += 1) {
        read += 1;
        yield line(90);
      }
    };
    const blocks = periodBlocks(head, periodCount().figures(), lines(), null);
    expect(read).toBe(0);
    const table = blocks.findLast(({ kind }) => kind === "table");
    if (table?.kind !== "table") throw new Error("There is no table.");
    expect([...table.rows]).toHaveLength(3);
    expect(read).toBe(3);
  });
});
