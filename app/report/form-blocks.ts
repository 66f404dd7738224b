import { z } from "zod";
import type { AuditReport } from "./audit-report-shape.ts";
import { type Block, facts, heading, paragraph } from "./report-blocks.ts";

/** What of a checklist's snapshot is set in words; the whole of it is in the data. */
const shownQuestionSchema = z.object({
  id: z.string(),
  type: z.string(),
  ask: z.string(),
  instructions: z.string().optional(),
  weight: z.number().optional(),
  critical: z.unknown().optional(),
  options: z.array(z.object({ text: z.string(), points: z.number().optional(), critical: z.unknown().optional() })).optional(),
  answeredBy: z.unknown().optional(),
});
const shownSectionSchema = z.object({
  title: z.string(),
  weight: z.number().optional(),
  questions: z.array(shownQuestionSchema).optional(),
});
const shownFormSchema = z.object({
  description: z.string().optional(),
  serves: z.string().optional(),
  notice: z.string().optional(),
  scoring: z.string().optional(),
  pass: z.number().optional(),
  bands: z.array(z.object({ name: z.string(), from: z.number() })).optional(),
  sections: z.array(shownSectionSchema.extend({ sections: z.array(shownSectionSchema).optional() })),
});

/** The checklist as it was asked. */
export function formBlocks({ form }: AuditReport): Block[] {
  const read = shownFormSchema.safeParse(form.snapshot);
  const { description, serves, notice, pass, bands, scoring, sections = [] } = read.data ?? {};
  return [
    heading(1, "Checklist as it was asked"),
    facts(
      ["Title", `${form.title}, version ${form.version}`],
      ["Id", form.id],
      ["SHA-256", form.hash],
      ["About", description ?? null],
      ["Serves", serves ?? null],
      ["Notice", notice ?? null],
      ["Scored by", scoring ?? "questions"],
      ["Passed from", pass === undefined ? null : `${pass} %`],
      ["Bands", bands === undefined ? null : bands.map(({ name, from }) => `${name} from ${from} %`).join(", ")],
    ),
    ...sections.flatMap((section) =>
      [section, ...(section.sections ?? [])].flatMap(({ title, weight = 1, questions = [] }): Block[] =>
        questions.length === 0
          ? []
          : [
              heading(3, title),
              paragraph(`Weight ${weight}.`, "quiet"),
              { kind: "list", items: questions.map((question) => askedText(question)) },
            ],
      ),
    ),
  ];
}

function askedText({
  id,
  type,
  ask,
  instructions,
  weight = 1,
  critical,
  options = [],
  answeredBy,
}: z.infer<typeof shownQuestionSchema>): string {
  const who =
    answeredBy === undefined
      ? "a person"
      : typeof answeredBy === "string" || isMember(answeredBy, "writer")
        ? "a language model"
        : "a rule";
  const choices = options.map(
    ({ text, points = 0, critical: fails }) => `${text} (${points}${fails === undefined ? "" : ", critical"})`,
  );
  return [
    `${ask} [${id}] ${type}, weight ${weight}, answered first by ${who}${critical === undefined ? "" : ", CRITICAL"}.`,
    ...(choices.length === 0 ? [] : [`Choices: ${choices.join("; ")}.`]),
    ...(instructions === undefined ? [] : [instructions]),
  ].join(" ");
}

function isMember(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}
