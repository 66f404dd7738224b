import { countingValue, isOverride, type QuestionAnswer } from "../conformity/answer.ts";
import { fittingValues } from "../conformity/answer-value.ts";
import type { Form } from "../conformity/form.ts";
import { questionsOf } from "../conformity/form-questions.ts";
import { createScorer } from "../conformity/scoring.ts";
import type { SamplingPlan } from "../conversation/sampling.ts";
import { shareInterval } from "../insight/drivers.ts";
import type { Json } from "./canonical-json.ts";
import { type MeanInterval, tally } from "./intervals.ts";
import { integrityBlocks, type ReportProof } from "./proof-blocks.ts";
import { type Block, instantText, percentText } from "./report-blocks.ts";

/*
 * The report of a period: what the signed evaluations of a checklist came to, how far that can be read, and how they were
 * chosen. Evaluations are counted as they come, so that a month of them is never held.
 */

/** Names the shape of a sealed report of a period; a change that an older reader would misread gets another number. */
export const periodReportSchemaName = "earmark-period/1";

/** What a period's report is about. */
export interface PeriodHead {
  readonly formTitle: string;
  readonly formId: string;
  /** The days it is about, both included, UTC; null where it is about chosen conversations, whenever they were signed. */
  readonly days: { readonly from: string; readonly to: string } | null;
  readonly agent: string | null;
  readonly tag: string | null;
  /** How many conversations a person chose one by one; null where nobody did. */
  readonly selected: number | null;
  /** How the conversations were chosen; null where that is not known. */
  readonly sample: {
    readonly name: string;
    readonly at: string;
    readonly author: string;
    readonly seed: string;
    readonly plan: SamplingPlan;
    readonly population: number;
    readonly chosen: number;
  } | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly earmark: string;
}

/** An evaluation as a line of the report. */
export interface PeriodLine {
  readonly evaluationId: string;
  readonly conversationId: string;
  readonly title: string;
  readonly agent: string | null;
  readonly startedAt: string | null;
  readonly submittedAt: string | null;
  readonly evaluator: string | null;
  readonly formVersion: number;
  readonly percent: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
  readonly band: string | null;
  readonly passed: boolean | null;
  readonly failed: number;
}

/** How one question went. */
export interface QuestionFigures {
  readonly id: string;
  readonly ask: string;
  /** Evaluations in which it was scored, and in which it earned all that it could. */
  readonly scored: number;
  readonly full: number;
  /** In which its answer failed the form or a section. */
  readonly failed: number;
  /** In which a person decided otherwise than the machine had suggested. */
  readonly overridden: number;
}

/** Evaluations with fewer than these are not read as a rate. */
export const fewEvaluations = 10;

/** What a period came to. */
export interface PeriodFigures {
  readonly evaluations: number;
  readonly score: MeanInterval;
  readonly passed: { readonly of: number; readonly count: number };
  readonly questions: readonly QuestionFigures[];
  readonly criticalEvaluations: number;
}

/** Counts evaluations as they come. */
export interface PeriodCount {
  add(line: PeriodLine, form: Form, answers: readonly QuestionAnswer[]): void;
  figures(): PeriodFigures;
}

/** Begins to count a period. */
export function periodCount(): PeriodCount {
  const score = tally();
  let evaluations = 0;
  let judged = 0;
  let passed = 0;
  let criticalEvaluations = 0;
  const questions = new Map<string, { -readonly [K in keyof QuestionFigures]: QuestionFigures[K] }>();
  const scorers = new Map<Form, ReturnType<typeof createScorer>>();
  return {
    add(line, form, answers) {
      evaluations += 1;
      if (line.percent !== null) score.add(line.percent);
      if (line.passed !== null) {
        judged += 1;
        if (line.passed) passed += 1;
      }
      if (line.failed > 0) criticalEvaluations += 1;
      const scorer = scorers.get(form) ?? createScorer(form);
      scorers.set(form, scorer);
      const given = answers.flatMap((answer) => {
        const value = countingValue(answer);
        return value === null ? [] : [[answer.questionId, value] as const];
      });
      const own = new Map(scorer(fittingValues(form, new Map(given))).questions.map((one) => [one.questionId, one]));
      const overridden = new Set(
        answers.flatMap(({ questionId, decision }) => (decision !== null && isOverride(decision) ? [questionId] : [])),
      );
      for (const { question } of questionsOf(form)) {
        const figures = questions.get(question.id) ?? {
          id: question.id,
          ask: question.ask,
          scored: 0,
          full: 0,
          failed: 0,
          overridden: 0,
        };
        questions.set(question.id, figures);
        // Later versions of a checklist may ask in other words; the last ones stand.
        figures.ask = question.ask;
        const one = own.get(question.id);
        if (one?.state === "scored" && one.possible !== null && one.possible > 0) {
          figures.scored += 1;
          if ((one.earned ?? 0) >= one.possible) figures.full += 1;
        }
        if (one?.fails != null) figures.failed += 1;
        if (overridden.has(question.id)) figures.overridden += 1;
      }
    },
    figures: () => ({
      evaluations,
      score: score.interval(0, 100),
      passed: { of: judged, count: passed },
      questions: [...questions.values()],
      criticalEvaluations,
    }),
  };
}

/** A share with its interval, for people: "80 % (8 of 10; 49 % to 94 %)". */
export function shareText(count: number, of: number): string {
  if (of === 0) return "none";
  if (of < fewEvaluations) return `${count} of ${of}, too few for a rate`;
  const { from, to } = shareInterval(count, of);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `${percent(count / of)} (${count} of ${of}; ${percent(from)} to ${percent(to)})`;
}

function meanText({ n, mean, from, to }: MeanInterval): string {
  if (mean === null) return "no evaluation was scored";
  const said = percentText(Math.round(mean * 10) / 10);
  if (from === null || to === null) return `${said}, of one evaluation`;
  const interval = `${Math.round(from * 10) / 10} to ${Math.round(to * 10) / 10} %`;
  return `${said}; with 95 % confidence the mean lies from ${interval} (Student's t, ${n} evaluations)${n < fewEvaluations ? "; too few to compare with others" : ""}`;
}

/** How the conversations of a period were chosen, for people. */
export function sampleText({ sample, selected }: Pick<PeriodHead, "sample" | "selected">): string {
  if (selected !== null)
    return `${selected === 1 ? "One conversation was" : `${selected} conversations were`} chosen by hand; those without a signed evaluation are not in it. Its figures do not stand for all conversations.`;
  if (sample === null)
    return "Every signed evaluation of the period is in; how its conversation came to be reviewed is not part of this report.";
  const { name, at, author, seed, plan, population, chosen } = sample;
  const search = plan.search === "" ? "the whole library" : `what the search “${plan.search}” finds`;
  return `Sample “${name}”, drawn ${instantText(at)}${author === "" ? "" : ` by ${author}`}: ${chosen} of ${population} conversations of ${search}, ${planTexts[plan.kind]}. The seed ${seed} and the same plan draw the same sample again.`;
}

const planTexts: Readonly<Record<SamplingPlan["kind"], string>> = {
  random: "each as likely as any other",
  "per-agent": "a share of each agent's",
  stratified: "spread in proportion",
  risk: "those at risk likelier than others: its figures do not stand for all conversations",
  rule: "all that the search finds: its figures do not stand for all conversations",
};

/** What a report of a period is called. */
export function periodTitle({ formTitle, days }: Pick<PeriodHead, "formTitle" | "days">): string {
  return `${formTitle}: ${days === null ? "chosen conversations" : `${days.from} to ${days.to}`}`;
}

/** What is sealed of a report of a period, beside its evaluations: the list of their lines. */
export function periodSections(head: PeriodHead, figures: PeriodFigures): { readonly [section: string]: Json } {
  const { formId, formTitle, days, agent, tag, selected, sample, createdAt, createdBy, earmark } = head;
  const title = periodTitle(head);
  const sections = {
    report: { schema: periodReportSchemaName, kind: "period", title, createdAt, createdBy, earmark },
    period: { form: { id: formId, title: formTitle }, days, agent, tag, selected },
    sample: { drawn: sample, statement: sampleText(head) },
    figures,
  };
  // An interface is no index signature to TypeScript; that everything in it is plain is what sealing checks.
  return sections as unknown as { readonly [section: string]: Json };
}

/** The report of a period as a reader meets it. Lines come while it is written. */
export function periodBlocks(
  head: PeriodHead,
  figures: PeriodFigures,
  lines: Iterable<PeriodLine>,
  proof: ReportProof | null,
): Block[] {
  const { formTitle, formId, days, agent, tag, createdAt, createdBy, earmark } = head;
  const { evaluations, score, passed, questions, criticalEvaluations } = figures;
  const failing = questions.filter(({ failed }) => failed > 0);
  return [
    { kind: "title", text: "Report of a period", lead: periodTitle(head) },
    { kind: "heading", level: 1, text: "What it is about" },
    {
      kind: "facts",
      facts: [
        ["Checklist", `${formTitle} (${formId})`],
        ["Signed", days === null ? "whenever" : `from ${days.from} to ${days.to}, both included, UTC`],
        ["Agent", agent ?? "all"],
        ["Tag", tag ?? "all"],
        ["Report made", `${instantText(createdAt)}${createdBy === "" ? "" : `, by ${createdBy}`}, Earmark ${earmark}`],
      ],
    },
    { kind: "paragraph", text: sampleText(head) },
    { kind: "heading", level: 1, text: "Figures" },
    {
      kind: "facts",
      facts: [
        ["Evaluations", String(evaluations)],
        ["Mean score", meanText(score)],
        ["Passed", passed.of === 0 ? "the checklist has no line to pass" : shareText(passed.count, passed.of)],
        ["Critical failures", `${criticalEvaluations} of ${evaluations} evaluations`],
      ],
    },
    ...(evaluations < fewEvaluations
      ? [
          {
            kind: "paragraph",
            tone: "warning",
            text: "So few evaluations show what happened in them, and no trend.",
          } satisfies Block,
        ]
      : []),
    { kind: "heading", level: 2, text: "By question" },
    {
      kind: "paragraph",
      tone: "quiet",
      text: "Full points as a share of the evaluations in which a question was scored, with Wilson's 95 % interval.",
    },
    {
      kind: "table",
      columns: [
        { title: "Question", share: 6 },
        { title: "Full points", share: 4 },
        { title: "Failed", share: 1.3, numeric: true },
        { title: "Overridden", share: 1.8, numeric: true },
      ],
      rows: questions.map(({ ask, scored, full, failed, overridden }) => [
        ask,
        shareText(full, scored),
        String(failed),
        String(overridden),
      ]),
    },
    { kind: "heading", level: 2, text: "Critical failures" },
    failing.length === 0
      ? { kind: "paragraph", text: "No critical question failed." }
      : { kind: "list", items: failing.map(({ ask, failed }) => `FAILED in ${failed}: ${ask}`) },
    { kind: "heading", level: 1, text: "Evaluations" },
    {
      kind: "table",
      columns: [
        { title: "Signed", share: 2.1 },
        { title: "Conversation", share: 4.2 },
        { title: "Agent", share: 2 },
        { title: "By", share: 1.8 },
        { title: "Score", share: 1.5, numeric: true },
        { title: "Range", share: 1.8 },
        { title: "Outcome", share: 2.2 },
      ],
      rows: mapped(lines, lineCells),
    },
    ...integrityBlocks(proof, []),
  ];
}

function lineCells({
  submittedAt,
  title,
  agent,
  evaluator,
  percent,
  lowest,
  highest,
  band,
  passed,
  failed,
}: PeriodLine): string[] {
  const outcome = [
    passed === null ? "" : passed ? "passed" : "NOT PASSED",
    failed === 0 ? "" : `FAILED: ${failed} critical`,
    band ?? "",
  ];
  const isRange = lowest !== null && highest !== null && lowest !== highest;
  return [
    submittedAt?.slice(0, 10) ?? "",
    title,
    agent ?? "",
    evaluator ?? "",
    percentText(percent),
    isRange ? `${Math.round(lowest)} to ${Math.round(highest)}` : "",
    outcome.filter((one) => one !== "").join(", "),
  ];
}

function* mapped<A, B>(items: Iterable<A>, map: (item: A) => B): Generator<B> {
  for (const item of items) yield map(item);
}
