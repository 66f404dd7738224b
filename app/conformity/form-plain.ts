import { type Form, type InnerSection, type Question, type Section, usualNotice } from "./form.ts";

/*
 * A checklist as a person would write it: without what is as usual, and in the order in which one reads it.
 */

type Plain = Record<string, unknown>;

/** A checklist as plain data without what is as usual. Reading it gives the same checklist. */
export function plainForm(form: Form): Plain {
  const { schema, id, version, title, description, serves, notice, languages, instructions, scoring, bands, pass } = form;
  return without({
    schema,
    id,
    version,
    title,
    description: unless(description, ""),
    serves: unless(serves, ""),
    notice: unless(notice, usualNotice),
    languages: languages.length === 1 && languages[0] === "en" ? undefined : languages,
    for: unless(form.for, null),
    instructions: unless(instructions, ""),
    scoring: unless(scoring, "questions"),
    bands: bands.length === 0 ? undefined : bands,
    pass: unless(pass, null),
    sections: form.sections.map(plainSection),
  });
}

function plainSection(section: Section | InnerSection): Plain {
  const { id, title, instructions, kind, weight, when, unless: not, bands, questions } = section;
  const sections = "sections" in section ? section.sections : [];
  return without({
    id,
    title,
    instructions: unless(instructions, ""),
    kind,
    weight: unless(weight, 1),
    when,
    unless: not,
    bands: bands.length === 0 ? undefined : bands,
    questions: questions.length === 0 ? undefined : questions.map(plainQuestion),
    sections: sections.length === 0 ? undefined : sections.map(plainSection),
  });
}

function plainQuestion(question: Question): Plain {
  const { id, type, ask, instructions, kind, weight, bonus, scored, notApplicable, when, unless: not, reason } = question;
  return without({
    id,
    type,
    ask,
    instructions: unless(instructions, ""),
    kind,
    weight: unless(weight, 1),
    bonus: unless(bonus, false),
    scored: unless(scored, true),
    notApplicable: unless(notApplicable, true),
    when,
    unless: not,
    reason: unless(reason, "optional"),
    ...ofType(question),
    answeredBy: plainAnswerer(question),
  });
}

function ofType(question: Question): Plain {
  switch (question.type) {
    case "yes-no":
      return { wanted: unless(question.wanted, "yes"), points: unless(question.points, 1), critical: question.critical };
    case "single":
    case "multiple":
      return { options: question.options.map((option) => without({ ...option, points: unless(option.points, 0) })) };
    case "numeric": {
      const { min, max, unit, ranges } = question;
      const plain = ranges.map((range) => without({ ...range, points: unless(range.points, 0) }));
      return { min, max, unit: unless(unit, ""), ranges: plain.length === 0 ? undefined : plain };
    }
    case "text":
    case "date":
      return {};
  }
}

function plainAnswerer({ answeredBy }: Question): unknown {
  if (answeredBy === "person") return undefined;
  if ("rule" in answeredBy) return answeredBy;
  const { prompt, guidance } = answeredBy.writer;
  const writer = without({ prompt: unless(prompt, null), guidance: unless(guidance, "") });
  return Object.keys(writer).length === 0 ? "writer" : { writer };
}

function unless<T>(value: T, usual: T): T | undefined {
  return value === usual ? undefined : value;
}

/** Without what is undefined, in the depth too: a file has no such thing. */
function without(plain: Plain): Plain {
  return JSON.parse(JSON.stringify(plain)) as Plain;
}
