import { type RefObject, useCallback, useMemo, useRef, useState } from "react";
import type { EvaluationLine, EvaluationView } from "../../../app/contract/conformity-views.ts";
import type { ConversationView } from "../../../app/contract/views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { answerMarkers } from "./checklist-questions.ts";
import { type PanelTab, panelTabs } from "./panel-tabs.ts";
import type { Marker } from "./player-moments.ts";

/** The part of the page whose keys are those of the checklist: the value of its `data-keys`. */
export const checklistKeys = "checklist";

/** The checklist that a conversation is being judged by, as the whole page knows it. */
export interface OpenChecklist {
  readonly conversationId: string;
  /** Evaluations of the conversation; undefined until they are known. */
  readonly lines: readonly EvaluationLine[] | undefined;
  /** Why the list cannot be shown; null while it can. */
  readonly failure: unknown;
  /** Asks again for what could not be had. */
  readonly retry: () => void;
  /** The evaluation that is open; null where there is none. */
  readonly evaluationId: string | null;
  /** What is known of it; undefined until then. */
  readonly view: EvaluationView | undefined;
  /** Opens the evaluation by another checklist. */
  readonly choose: (formId: string) => void;
  /** The question where the person is; null before the first. */
  readonly current: string | null;
  readonly setCurrent: (questionId: string | null) => void;
  /** Raised whenever the question where the person is shall have the focus. */
  readonly asked: number;
  /** Which of these was heeded last. */
  readonly heeded: RefObject<number>;
  /** Shows a question, and puts the focus on it. */
  readonly open: (questionId: string | null) => void;
  /** Where the answers lie in the recording. */
  readonly markers: readonly Marker[];
}

const nothing: readonly Marker[] = [];

/** Finds the evaluations of a conversation and opens one of them; a key leads to it from anywhere, and back. */
export function useChecklist({ conversation: { id } }: Pick<ConversationView, "conversation">): OpenChecklist {
  const { t } = useTranslation();
  const list = useCall("evaluation.list", { conversationId: id });
  const lines = list.data?.evaluations;
  // The checklist that was open last is the one for the next conversation too.
  const [formId, setFormId] = useKept<string>("checklist.form", "");
  const evaluationId = (lines?.find((line) => line.formId === formId) ?? lines?.[0])?.id ?? null;
  const found = useCall("evaluation.get", { id: evaluationId ?? "" }, { enabled: evaluationId !== null });
  const view = evaluationId === null ? undefined : found.data;
  const [, setTab] = useKept<PanelTab>("panel.tab", "figures", panelTabs);
  const [place, setPlace] = useState<{ evaluationId: string | null; questionId: string | null; asked: number }>({
    evaluationId: null,
    questionId: null,
    asked: 0,
  });
  const open = useCallback(
    (questionId: string | null) => {
      setTab("checklist");
      setPlace((before) => ({
        evaluationId,
        questionId: questionId ?? (before.evaluationId === evaluationId ? before.questionId : null),
        asked: before.asked + 1,
      }));
    },
    [setTab, evaluationId],
  );
  const setCurrent = useCallback(
    (questionId: string | null) => setPlace((before) => ({ ...before, evaluationId, questionId })),
    [evaluationId],
  );
  const heeded = useRef(0);
  const before = useRef<Element | null>(null);
  useActions({
    "checklist.go": () => {
      const here = document.activeElement;
      const panel = here?.closest(`[data-keys="${checklistKeys}"]`);
      // From above the questions it leads to them, and from them back.
      if (panel != null && (here?.closest("[data-question]") != null || evaluationId === null)) {
        const back = before.current?.isConnected === true ? before.current : document.querySelector('[data-testid="transcript"]');
        if (back instanceof HTMLElement) back.focus();
        return;
      }
      if (panel == null) before.current = here;
      open(null);
    },
  });
  const markers = useMemo(
    () =>
      view === undefined
        ? nothing
        : answerMarkers(view, {
            answer: (of) => t("checklist.marker.answer", of),
            stale: (of) => t("checklist.marker.stale", of),
            waiting: (of) => t("checklist.marker.waiting", of),
          }),
    [view, t],
  );
  return {
    conversationId: id,
    lines,
    failure: list.error ?? (evaluationId === null ? null : found.error),
    retry: () => {
      void list.refetch();
      if (evaluationId !== null) void found.refetch();
    },
    evaluationId,
    view,
    choose: setFormId,
    current: place.evaluationId === evaluationId ? place.questionId : null,
    setCurrent,
    asked: place.asked,
    heeded,
    open,
    markers,
  };
}
