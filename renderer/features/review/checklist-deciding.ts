import { useRef, useState } from "react";
import { type Decision, needsReason } from "../../../app/conformity/answer.ts";
import { type AnswerValue, sameValue } from "../../../app/conformity/answer-value.ts";
import type { EvaluationView } from "../../../app/contract/conformity-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { AnchorInput } from "../../../app/conversation/anchors.ts";
import { keyOf, memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { type AskedQuestion, ownEvidence } from "./checklist-questions.ts";

/** An answer that waits for its reason. */
export interface WaitingAnswer {
  readonly questionId: string;
  readonly value: AnswerValue;
}

/** What a person can do about the questions of an evaluation. */
export interface Deciding {
  /** Answers a question. Where the form asks for a reason and none is given, the answer waits for one. */
  readonly answer: (asked: AskedQuestion, value: AnswerValue, reason?: string) => Promise<boolean>;
  /** Takes a decision back. */
  readonly withdraw: (asked: AskedQuestion) => void;
  /** Takes the last decision of this visit back, or gives back the one before; answers whose question it was. */
  readonly undo: () => string | null;
  /** Puts a place under an answer, or keeps it for the answer to come; answers whether it stands there already. */
  readonly attach: (asked: AskedQuestion, anchor: AnchorInput) => boolean;
  /** Places that will stand under an answer that is not given yet. */
  readonly pendingOf: (questionId: string) => readonly AnchorInput[];
  readonly letGo: (questionId: string) => void;
  readonly comment: (questionId: string | null, comment: string) => Promise<boolean>;
  readonly submit: () => void;
  readonly reopen: () => void;
  /** The answer that waits for its reason; null where none does. */
  readonly waiting: WaitingAnswer | null;
  readonly setWaiting: (waiting: WaitingAnswer | null) => void;
  /** What could not be done about a question, or about the whole; null where all was. */
  readonly failed: { readonly questionId: string | null; readonly failure: unknown } | null;
  readonly busy: boolean;
}

/** Puts an evaluation as it is now where the page remembers it. */
function put(view: EvaluationView): void {
  memory.setQueryData(keyOf("evaluation.get", { id: view.evaluation.id }), view);
  void memory.invalidateQueries({ queryKey: keyOf("evaluation.list", { conversationId: view.evaluation.conversationId }) });
}

/** Decides questions of an evaluation, comments on them, signs it; everything can be taken back. */
export function useDeciding(id: string): Deciding {
  const { t } = useTranslation();
  const answering = useAct("evaluation.answer", put, "inPlace");
  const withdrawing = useAct("evaluation.withdraw", put, "inPlace");
  const attaching = useAct("evaluation.attach", put, "inPlace");
  const commenting = useAct("evaluation.comment", put, "inPlace");
  const submitting = useAct("evaluation.submit", put, "inPlace");
  const reopening = useAct("evaluation.reopen", put, "inPlace");
  const [waiting, setWaiting] = useState<WaitingAnswer | null>(null);
  const [failed, setFailed] = useState<Deciding["failed"]>(null);
  const [pending, setPending] = useState<ReadonlyMap<string, readonly AnchorInput[]>>(new Map());
  const done = useRef<{ readonly questionId: string; readonly before: Decision | null; readonly kept: readonly AnchorInput[] }[]>(
    [],
  );

  /** Does something about a question; answers whether it was done. */
  const act = async (questionId: string | null, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      setFailed(null);
      return true;
    } catch (failure) {
      setFailed({ questionId, failure });
      return false;
    }
  };
  const hold = (questionId: string, places: readonly AnchorInput[]) =>
    setPending((now) => {
      const next = new Map(now);
      if (places.length === 0) next.delete(questionId);
      else next.set(questionId, places);
      return next;
    });
  const remember = ({ question, judged }: AskedQuestion) =>
    done.current.push({ questionId: question.id, before: judged.answer.decision, kept: ownEvidence(judged) });

  return {
    async answer(asked, value, given) {
      const { question, judged } = asked;
      const { decision, suggestion } = judged.answer;
      const isSame = decision !== null && sameValue(decision.value, value);
      const reason = given ?? (isSame ? (decision.reason ?? "") : "");
      const wait = { questionId: question.id, value };
      if (reason.trim() === "" && needsReason(question, value, suggestion?.value ?? null)) {
        setWaiting(wait);
        return false;
      }
      const evidence = [...(isSame ? ownEvidence(judged) : []), ...(pending.get(question.id) ?? [])].slice(0, 50);
      let missing = false;
      const taken = await act(question.id, async () => {
        try {
          await answering.mutateAsync({ id, questionId: question.id, value, reason: reason.trim() || null, evidence });
        } catch (failure) {
          if (!(failure instanceof EarmarkError) || failure.details["fault"] !== "reason-missing") throw failure;
          // The suggestion has become another meanwhile.
          missing = true;
          setWaiting(wait);
          return;
        }
        remember(asked);
        hold(question.id, []);
        setWaiting(null);
      });
      return taken && !missing;
    },
    withdraw(asked) {
      if (asked.judged.answer.decision === null) return;
      const { id: questionId } = asked.question;
      void act(questionId, async () => {
        await withdrawing.mutateAsync({ id, questionId });
        remember(asked);
      });
    },
    undo() {
      const last = done.current.pop();
      if (last === undefined) return null;
      const { questionId, before, kept } = last;
      setWaiting(null);
      void act(questionId, () =>
        before === null
          ? withdrawing.mutateAsync({ id, questionId })
          : answering.mutateAsync({ id, questionId, value: before.value, reason: before.reason, evidence: [...kept] }),
      );
      return questionId;
    },
    attach({ question, judged }, anchor) {
      const { id: questionId } = question;
      if (judged.answer.decision === null) {
        hold(questionId, [...(pending.get(questionId) ?? []), anchor]);
        return false;
      }
      void act(questionId, () => attaching.mutateAsync({ id, questionId, evidence: [anchor] }));
      return true;
    },
    pendingOf: (questionId) => pending.get(questionId) ?? [],
    letGo: (questionId) => hold(questionId, []),
    comment: (questionId, comment) => act(questionId, () => commenting.mutateAsync({ id, questionId, comment })),
    submit() {
      void act(null, async () => {
        const { evaluation, score } = await submitting.mutateAsync({ id });
        done.current = [];
        const percent = score.overall.percent;
        tell(
          t("checklist.submitted", {
            title: evaluation.form.title,
            percent:
              percent === null ? t("checklist.notScored") : t("checklist.percent", { percent: Math.round(percent * 10) / 10 }),
          }),
        );
      });
    },
    reopen() {
      void act(null, async () => {
        await reopening.mutateAsync({ id });
        tell(t("checklist.reopened"));
      });
    },
    waiting,
    setWaiting,
    failed,
    busy: answering.isPending || submitting.isPending || reopening.isPending || withdrawing.isPending,
  };
}
