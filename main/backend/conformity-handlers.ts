import { type Decision, decide, isOverride, type QuestionAnswer, unanswered, withdraw } from "../../app/conformity/answer.ts";
import { type Evidence, evidenceAt } from "../../app/conformity/evidence.ts";
import type { Form } from "../../app/conformity/form.ts";
import { formIsFor, questionById } from "../../app/conformity/form-questions.ts";
import type { Handlers } from "../../app/contract/api.ts";
import type { EvaluationLine, EvaluationView } from "../../app/contract/conformity-views.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import type { AnchorInput } from "../../app/conversation/anchors.ts";
import { redactText } from "../../app/insight/redaction.ts";
import { type ChecklistCalls, checklistHandlers, checklistOf } from "./checklist-handlers.ts";
import { personNamed } from "./person-name.ts";
import type { SentimentsOf } from "./pipeline/categoriser.ts";
import { answersNow, bringEvaluations, evaluationView, figuresOf, type Judging, judging } from "./pipeline/evaluator.ts";
import type { EvaluationChange, EvaluationRecord } from "./store/evaluations.ts";
import type { Store } from "./store/store.ts";
import type { EvaluationWriter } from "./writer/write-evaluations.ts";
import { writersQuestions } from "./writer/writer.ts";

/** The calls about checklists and evaluations. */
type ConformityCalls = ChecklistCalls | Extract<keyof Handlers, `evaluation.${string}`>;

/** What the handlers answer from. */
export interface ConformityWorld {
  readonly store: Store;
  readonly sentimentsOf: SentimentsOf;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  /** Checklists changed: every conversation is to be looked at again. */
  readonly sweep: () => void;
  readonly writer: EvaluationWriter;
}

/** Answers the calls about checklists and evaluations. */
export function conformityHandlers(world: ConformityWorld): Pick<Handlers, ConformityCalls> {
  const { store, sentimentsOf, emit, writer } = world;
  const author = (): string => personNamed(store.settings.get().reviewer);
  const hide = (text: string): string => redactText(text, store.settings.get().redaction);

  const evaluation = (id: string): EvaluationRecord => {
    const found = store.evaluations.get(id);
    if (found === null) throw new EarmarkError("not-found", "There is no such evaluation.", { id });
    return found;
  };
  const shown = (id: string): EvaluationView => {
    const view = evaluationView(store, evaluation(id), sentimentsOf, {
      writing: writer.writing(id),
      failure: writer.failure(id),
    });
    if (view === null) throw new EarmarkError("not-found", "Nothing of this conversation has been heard or read yet.", { id });
    return view;
  };

  /** Changes an evaluation that is not signed, and all that follows, in one transaction. A first touch makes it a person's. */
  const change = (
    id: string,
    work: (now: {
      readonly record: EvaluationRecord;
      readonly form: Form;
      readonly formHash: string;
      readonly judged: Judging;
      readonly answers: QuestionAnswer[];
    }) => EvaluationChange,
  ): EvaluationView => {
    const before = evaluation(id);
    if (before.stage === "submitted") {
      throw new EarmarkError("not-allowed", "This evaluation has been submitted. Open it again to change it.", { id });
    }
    const judged = judging(store, before.conversationId, sentimentsOf);
    const version = store.checklists.version(before.formId, before.formVersion);
    if (judged === null || version === null) throw new EarmarkError("not-found", "What this evaluation is of is gone.", { id });
    store.transaction(() => {
      const record = begun(before, version.hash);
      const answers = answersNow(judged, version.form, record);
      const changed = work({ record, form: version.form, formHash: version.hash, judged, answers });
      const after = changed.answers ?? answers;
      const judgement = judged.judge(version.form, after, store.evaluations.heard(id));
      store.evaluations.change(id, { ...figuresOf(judgement), ...changed, answers: after });
    });
    emit("evaluation.changed", { conversationId: before.conversationId });
    emit("library.changed", {});
    return shown(id);
  };
  const begun = (record: EvaluationRecord, formHash: string): EvaluationRecord => {
    if (record.stage !== "machine") return record;
    store.ledger.append(
      "evaluation",
      record.conversationId,
      { ...named(record, formHash), action: "begun", content: null },
      author(),
    );
    return store.evaluations.change(record.id, { stage: "draft", evaluator: author() });
  };
  const named = (record: EvaluationRecord, formHash: string) => ({
    evaluation: record.id,
    form: record.formId,
    formVersion: record.formVersion,
    formHash,
  });
  const withAnswer = (answers: readonly QuestionAnswer[], answer: QuestionAnswer): QuestionAnswer[] =>
    answers.map((one) => (one.questionId === answer.questionId ? answer : one));
  const answerTo = (form: Form, answers: readonly QuestionAnswer[], questionId: string): QuestionAnswer => {
    if (questionById(form, questionId) === undefined) {
      throw new EarmarkError("not-found", "The checklist has no such question.", { question: questionId });
    }
    return answers.find((one) => one.questionId === questionId) ?? unanswered(questionId);
  };
  const taken = (inputs: readonly AnchorInput[], judged: Judging): Evidence[] =>
    inputs.map((input) => {
      const found = evidenceAt(input, judged);
      if (typeof found === "string")
        throw new EarmarkError("input-invalid", "The words are not in this conversation.", { fault: found });
      return found;
    });
  /** Records a decision: what it is, and what it took the place of. */
  const recordDecision = (
    record: EvaluationRecord,
    formHash: string,
    questionId: string,
    decision: Decision | null,
    replaced: Decision | null,
  ): void => {
    const { conversationId } = record;
    const committed = (value: unknown): string => store.ledger.commit(conversationId, value) ?? "";
    const answer = decision === null ? null : committed(decision);
    if (decision !== null && answer !== null) {
      store.ledger.append(
        "answer",
        conversationId,
        {
          ...named(record, formHash),
          question: questionId,
          by: "person",
          answer,
          evidence: decision.evidence.length,
          model: null,
        },
        decision.author,
      );
    }
    if (replaced === null && (decision === null || !isOverride(decision))) return;
    const before = replaced ?? decision?.suggested ?? null;
    const reason = decision?.reason ?? null;
    store.ledger.append(
      "override",
      conversationId,
      {
        evaluation: record.id,
        question: questionId,
        replaces: before === null ? null : committed(before),
        answer,
        reason: reason === null ? null : committed(reason),
      },
      author(),
    );
  };

  return {
    ...checklistHandlers(world),
    "evaluation.list": async ({ conversationId }) => {
      bringEvaluations(store, conversationId, sentimentsOf);
      return { evaluations: store.evaluations.of(conversationId).flatMap((one) => lineOf(store, one)) };
    },
    "evaluation.begin": async ({ conversationId, formId }) => {
      const { form } = checklistOf(store, formId);
      const conversation = store.conversations.get(conversationId);
      if (conversation !== null && !formIsFor(form, conversation)) {
        throw new EarmarkError("not-allowed", `This checklist is for a ${form.for ?? "call or a chat"}.`, { id: formId });
      }
      const known =
        store.evaluations.by(conversationId, formId) ??
        store.evaluations.add({ conversationId, formId, formVersion: form.version, stage: "machine" });
      bringEvaluations(store, conversationId, sentimentsOf);
      return shown(known.id);
    },
    "evaluation.get": async ({ id }) => shown(id),
    "evaluation.answer": async ({ id, questionId, value, reason, evidence }) =>
      change(id, ({ record, form, formHash, judged, answers }) => {
        const before = answerTo(form, answers, questionId);
        const question = questionById(form, questionId);
        if (question === undefined) throw new EarmarkError("not-found", "The checklist has no such question.", { questionId });
        const said = value.kind === "text" ? { ...value, text: hide(value.text) } : value;
        const after = decide(question, before, {
          value: said,
          reason: reason === null ? null : hide(reason),
          evidence: taken(evidence, judged),
          author: author(),
          at: new Date().toISOString(),
          read: judged,
        });
        if (after === "value-unfit") {
          throw new EarmarkError("input-invalid", "The question cannot be answered so.", { question: questionId, fault: after });
        }
        if (after === "reason-missing") {
          throw new EarmarkError("input-invalid", "This answer needs a reason.", { question: questionId, fault: after });
        }
        recordDecision(record, formHash, questionId, after.decision, before.decision);
        return { answers: withAnswer(answers, after) };
      }),
    "evaluation.withdraw": async ({ id, questionId }) =>
      change(id, ({ record, form, formHash, answers }) => {
        const before = answerTo(form, answers, questionId);
        if (before.decision === null) return {};
        recordDecision(record, formHash, questionId, null, before.decision);
        return { answers: withAnswer(answers, withdraw(before)) };
      }),
    "evaluation.comment": async ({ id, questionId, comment }) =>
      change(id, ({ record, form, answers }) => {
        const text = hide(comment.trim());
        const kept = text === "" ? null : text;
        const content = kept === null ? null : store.ledger.commit(record.conversationId, kept);
        store.ledger.append(
          "evaluation-comment",
          record.conversationId,
          { evaluation: id, question: questionId, content },
          author(),
        );
        if (questionId === null) return { comment: kept };
        return { answers: withAnswer(answers, { ...answerTo(form, answers, questionId), comment: kept }) };
      }),
    "evaluation.attach": async ({ id, questionId, evidence }) =>
      change(id, ({ record, form, formHash, judged, answers }) => {
        const before = answerTo(form, answers, questionId);
        if (before.decision === null) {
          throw new EarmarkError("not-allowed", "Answer the question first: evidence stands under a decision.", {
            question: questionId,
          });
        }
        const decision = { ...before.decision, evidence: [...before.decision.evidence, ...taken(evidence, judged)] };
        recordDecision(record, formHash, questionId, decision, before.decision);
        return { answers: withAnswer(answers, { ...before, decision }) };
      }),
    "evaluation.answerAgain": async ({ id, questionIds }) => {
      const record = evaluation(id);
      const version = store.checklists.version(record.formId, record.formVersion);
      if (version === null) throw new EarmarkError("not-found", "The checklist of this evaluation is gone.", { id });
      const asked = writersQuestions(version.form)
        .map(({ question }) => question.id)
        .filter((one) => questionIds === undefined || questionIds.includes(one));
      const isSet = store.settings.get().writer.engine !== "none";
      // Without a writer the rules still answer, unless it is the writer's answer that was asked for.
      if (asked.length > 0 && record.stage !== "submitted" && (isSet || questionIds !== undefined)) void writer.write(id, asked);
      bringEvaluations(store, record.conversationId, sentimentsOf);
      return shown(id);
    },
    "evaluation.heard": async ({ id, span }) => {
      const record = evaluation(id);
      const startMs = Math.min(span.startMs, span.endMs);
      const endMs = Math.max(span.startMs, span.endMs);
      if (endMs - startMs < leastHeardMs) return {};
      store.transaction(() => {
        store.evaluations.addHeard(id, { startMs, endMs });
        store.ledger.append(
          "evidence-played",
          record.conversationId,
          { evaluation: id, question: null, startMs, endMs },
          author(),
        );
      });
      emit("evaluation.changed", { conversationId: record.conversationId });
      return {};
    },
    "evaluation.submit": async ({ id }) => {
      const view = change(id, ({ record, form, formHash, judged, answers }) => {
        const judgement = judged.judge(form, answers, store.evaluations.heard(id));
        const open = judgement.questions.filter(
          ({ state }) => state === "unanswered" || state === "for-a-person" || state === "stale",
        );
        if (open.length > 0) {
          throw new EarmarkError(
            "conflict",
            open.length === 1 ? "One question still waits for an answer." : `${open.length} questions still wait for an answer.`,
            { questions: open.map(({ question }) => question.id).join(" ") },
          );
        }
        const submittedAt = new Date().toISOString();
        const content = store.ledger.commit(record.conversationId, { answers, score: judgement.score.overall.percent });
        store.ledger.append(
          "evaluation",
          record.conversationId,
          { ...named(record, formHash), action: "submitted", content },
          author(),
        );
        return { stage: "submitted", submittedAt, evaluator: author() };
      });
      return view;
    },
    "evaluation.reopen": async ({ id }) => {
      const record = evaluation(id);
      if (record.stage !== "submitted") return shown(id);
      const version = store.checklists.version(record.formId, record.formVersion);
      store.transaction(() => {
        const entry = { ...named(record, version?.hash ?? ""), action: "reopened" as const, content: null };
        store.ledger.append("evaluation", record.conversationId, entry, author());
        store.evaluations.change(id, { stage: "draft", submittedAt: null, basis: "" });
      });
      bringEvaluations(store, record.conversationId, sentimentsOf);
      emit("evaluation.changed", { conversationId: record.conversationId });
      return shown(id);
    },
    "evaluation.remove": async ({ id }) => {
      const record = evaluation(id);
      const version = store.checklists.version(record.formId, record.formVersion);
      store.transaction(() => {
        const entry = { ...named(record, version?.hash ?? ""), action: "removed" as const, content: null };
        store.ledger.append("evaluation", record.conversationId, entry, author());
        store.evaluations.remove(id);
      });
      emit("evaluation.changed", { conversationId: record.conversationId });
      emit("library.changed", {});
      return {};
    },
  };
}

/** Sound shorter than this, in milliseconds, was passed by and not heard. */
const leastHeardMs = 400;

/** An evaluation as lists show it; nothing where its checklist is gone. */
function lineOf(store: Store, record: EvaluationRecord): EvaluationLine[] {
  const version = store.checklists.version(record.formId, record.formVersion);
  if (version === null) return [];
  const { id, conversationId, formId, formVersion, stage, evaluator, submittedAt } = record;
  const { percent, lowest, highest, band, passed, failed, open, stale } = record;
  return [
    {
      ...{ id, conversationId, formId, formVersion, evaluator, submittedAt },
      ...{ percent, lowest, highest, band, passed, failed, open, stale },
      formTitle: version.form.title,
      stage: stage === "machine" ? "draft" : stage,
      machineOnly: stage === "machine",
    },
  ];
}
