import { EarmarkError } from "../contract/errors.ts";
import type { QuestionAnswer } from "./answer.ts";
import { unanswered } from "./answer.ts";
import { type AnswerValue, choice, fitsQuestion, sameValue, valueText } from "./answer-value.ts";
import { type CarriedNote, type ConnectEvaluation, connectEvaluationSchema } from "./connect-shape.ts";
import type { Form, Question } from "./form.ts";
import { optionsOf, questionsOf } from "./form-questions.ts";
import type { JudgedQuestion, Judgement, Review } from "./review.ts";

/** What stands for "not applicable" among the options of an exported answer. */
const notApplicableRefId = "system_default_null_value";
/** Longest note that Connect takes. */
const longestNote = 3_072;

/** What Connect knows of a contact and Earmark does not, for writing an evaluation. */
export interface ConnectContact {
  readonly contactId: string;
  readonly agentId: string | null;
  readonly accountId?: string;
  readonly instanceId?: string;
}

/** Writes a review as Amazon Connect exports an evaluation (schema 3.5). Without a submission it has no time of one. */
export function evaluationToConnect(review: Review, judgement: Judgement, contact: ConnectContact): ConnectEvaluation {
  const { form } = review;
  const { score } = judgement;
  const bySystem = judgement.questions.filter(({ answer, value }) => value !== null && answer.decision === null).length;
  const suggested = judgement.questions.filter(({ answer }) => answer.suggestion?.value != null).length;
  const answered = judgement.questions.filter(({ value }) => value !== null).length;
  const isAutomatic = answered > 0 && bySystem === answered;
  const source = isAutomatic ? "AUTOMATED" : suggested > 0 ? "ASSISTED_BY_AUTOMATION" : "MANUAL";
  const { contactId, agentId, accountId, instanceId } = contact;
  return {
    schemaVersion: "3.5",
    evaluationId: review.id,
    metadata: {
      contactId,
      ...(accountId === undefined ? {} : { accountId }),
      ...(instanceId === undefined ? {} : { instanceId }),
      ...(agentId === null ? {} : { agentId }),
      evaluationDefinitionTitle: form.title,
      evaluationDefinitionId: form.id,
      evaluationDefinitionVersion: form.version,
      ...(review.evaluator === null ? {} : { evaluator: review.evaluator, creator: review.evaluator }),
      evaluationStartTimestamp: review.startedAt,
      ...(review.submittedAt === null ? {} : { evaluationSubmitTimestamp: review.submittedAt }),
      ...(score.overall.percent === null
        ? {}
        : { score: { percentage: score.overall.percent, ...fail(score.failedBy.length > 0) } }),
      autoEvaluated: isAutomatic,
      resubmitted: false,
      evaluationSource: source,
      evaluationType: review.purpose === "calibration" ? "CALIBRATION" : "CONTACT_EVALUATION",
    },
    sections: score.sections.map(({ sectionId, parentId, percent, failedBy }) => ({
      sectionRefId: sectionId,
      sectionTitle: titleOf(form, sectionId),
      ...(parentId === null ? {} : { parentSectionRefId: parentId }),
      score: percent === null ? { notApplicable: true } : { percentage: percent, ...fail(failedBy.length > 0) },
    })),
    questions: judgement.questions.map((one) => questionToConnect(one, judgement)),
  };
}

function fail(isFailed: boolean): { automaticFail?: true } {
  return isFailed ? { automaticFail: true } : {};
}

function titleOf({ sections }: Form, id: string): string {
  return sections.flatMap((section) => [section, ...section.sections]).find((one) => one.id === id)?.title ?? id;
}

function questionToConnect(judged: JudgedQuestion, { score }: Judgement): ConnectEvaluation["questions"][number] {
  const { question, answer, value, sectionIds, state } = judged;
  const { decision, suggestion } = answer;
  const own = score.questions.find(({ questionId }) => questionId === question.id);
  const isNotApplicable = value?.kind === "not-applicable" || state === "not-asked";
  const notes = [decision?.reason, answer.comment]
    .filter((text) => text != null && text !== "")
    .join("\n")
    .slice(0, longestNote);
  const suggestedValue = suggestion?.value ?? null;
  const isOverridden = decision !== null && suggestedValue !== null && !sameValue(decision.value, suggestedValue);
  const automation =
    suggestion === null || suggestion.by === "writer"
      ? {}
      : {
          automation: {
            status: suggestedValue === null ? "UNAVAILABLE" : isOverridden ? "OVERRIDDEN_ANSWER" : "SYSTEM_ANSWER",
            ...(suggestedValue === null ? {} : { systemSuggestedValue: valueText(question, suggestedValue).slice(0, 128) }),
          },
        };
  const assisted = suggestion?.by === "writer" ? { assistedSuggestion: { value: suggestion.sentence } } : {};
  const percentage = own?.earned == null || own.possible === null ? null : Math.round((own.earned / own.possible) * 10_000) / 100;
  return {
    questionRefId: question.id,
    sectionRefId: sectionIds.at(-1) ?? "",
    questionType: connectType(question),
    questionText: question.ask,
    answer: {
      ...valueToConnect(question, value),
      ...(notes === "" ? {} : { notes }),
      metadata: { notApplicable: isNotApplicable, ...automation, ...assisted },
    },
    score: isNotApplicable
      ? { notApplicable: true }
      : percentage === null
        ? {}
        : { percentage: Math.min(100, percentage), ...fail(own?.fails !== null) },
  };
}

function connectType({ type }: Question): string {
  switch (type) {
    case "yes-no":
    case "single":
      return "SINGLESELECT";
    case "multiple":
      return "MULTISELECT";
    case "numeric":
      return "NUMERIC";
    case "text":
      return "TEXT";
    case "date":
      return "DATETIME";
  }
}

function valueToConnect(
  question: Question,
  value: AnswerValue | null,
): Pick<ConnectEvaluation["questions"][number]["answer"], "value" | "values"> {
  const options = optionsOf(question);
  if (options.length === 0) {
    if (value?.kind === "number") return { value: String(value.number) };
    return { value: value?.kind === "text" ? value.text : value?.kind === "date" ? value.date : "" };
  }
  const chosen = value?.kind === "choice" ? value.options : [];
  const none = { valueText: "N/A", valueRefId: notApplicableRefId, selected: value?.kind === "not-applicable" };
  return {
    values: [
      ...options.map(({ id, text }) => ({ valueText: text, valueRefId: id, selected: chosen.includes(id) })),
      ...(question.notApplicable ? [none] : []),
    ],
  };
}

/** What came of reading an exported evaluation against the form it was made with. */
export interface EvaluationReading {
  /** Its answers as decisions of the evaluator; what the system suggested stands in them. */
  readonly answers: readonly QuestionAnswer[];
  readonly evaluation: ConnectEvaluation;
  readonly notes: readonly CarriedNote[];
}

/**
 * Reads an evaluation that Amazon Connect exported, or Earmark wrote in its shape.
 *
 * @param read the revision on which the answers stand from now on; they have no evidence in it.
 * @throws EarmarkError `format-malformed` where it is none.
 */
export function evaluationFromConnect(
  value: unknown,
  form: Form,
  read: { readonly wordsHash: string; readonly revision: string },
): EvaluationReading {
  const parsed = connectEvaluationSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") ?? "";
    throw new EarmarkError("format-malformed", `This is no evaluation of Amazon Connect: ${path} ${issue?.message ?? ""}`, {
      path,
    });
  }
  const evaluation = parsed.data;
  const notes: CarriedNote[] = [];
  const { evaluationDefinitionId, evaluationDefinitionVersion, evaluator, evaluationSubmitTimestamp, evaluationStartTimestamp } =
    evaluation.metadata;
  if (evaluationDefinitionId !== form.id || evaluationDefinitionVersion !== form.version) {
    const made = `${evaluationDefinitionId}, version ${evaluationDefinitionVersion}`;
    notes.push({ about: null, text: `It was made with ${made}; it is read with ${form.id}, version ${form.version}.` });
  }
  const at = instant(evaluationSubmitTimestamp ?? evaluationStartTimestamp);
  const questions = new Map(questionsOf(form).map(({ question }) => [question.id, question]));
  const answers = evaluation.questions.flatMap(({ questionRefId, questionText, answer }): QuestionAnswer[] => {
    const question = questions.get(questionRefId);
    if (question === undefined) {
      notes.push({ about: questionRefId, text: `This checklist does not ask “${questionText}”: its answer was left out.` });
      return [];
    }
    const given = valueFromConnect(question, answer);
    const blank = { ...unanswered(questionRefId), comment: answer.notes ?? null };
    if (given === null) return [blank];
    if (!fitsQuestion(question, given)) {
      notes.push({ about: questionRefId, text: "Its answer is not one of this checklist's: it was left out." });
      return [blank];
    }
    const { systemSuggestedValue } = answer.metadata?.automation ?? answer.automation ?? {};
    const suggested = systemSuggestedValue == null ? null : valueOfText(question, String(systemSuggestedValue));
    const decision = { value: given, reason: null, evidence: [], searched: [], suggested, author: evaluator ?? "", at, ...read };
    return [{ ...blank, decision }];
  });
  return { answers, evaluation, notes };
}

function instant(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new EarmarkError("format-malformed", `This is no time: ${text}.`, {});
  return new Date(time).toISOString();
}

function valueFromConnect(question: Question, answer: ConnectEvaluation["questions"][number]["answer"]): AnswerValue | null {
  if (answer.metadata?.notApplicable === true) return { kind: "not-applicable" };
  const chosen = (answer.values ?? []).filter(({ selected }) => selected);
  if (chosen.some(({ valueRefId }) => valueRefId === notApplicableRefId)) return { kind: "not-applicable" };
  if (chosen.length > 0) return choice(...chosen.map(({ valueRefId }) => valueRefId));
  const { value } = answer;
  return value === undefined || value === "" ? null : valueOfText(question, String(value));
}

function valueOfText(question: Question, text: string): AnswerValue | null {
  switch (question.type) {
    case "yes-no":
    case "single":
    case "multiple": {
      const options = optionsOf(question);
      const whole = options.find((option) => option.text === text || option.id === text);
      if (whole !== undefined) return choice(whole.id);
      const several = text.split(", ").map((part) => options.find((option) => option.text === part)?.id);
      return several.every((id) => id !== undefined) ? choice(...several) : null;
    }
    case "numeric": {
      const number = Number.parseFloat(text);
      return Number.isNaN(number) ? null : { kind: "number", number };
    }
    case "text":
      return { kind: "text", text };
    case "date":
      return /^\d{4}-\d{2}-\d{2}/u.test(text) ? { kind: "date", date: text.slice(0, 10) } : null;
  }
}
