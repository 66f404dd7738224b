import { useMemo, useRef } from "react";
import type { CallInput } from "../../../app/contract/api.ts";
import type { ConversationView } from "../../../app/contract/views.ts";
import { operationFaults } from "../../../app/conversation/operation-faults.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { call, keyOf, memory } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import { asFailure } from "../../ui/states.tsx";

/** How a correction ended. */
export type Outcome = "made" | "conflict" | "refused";

/** The corrections of one conversation, made one after the other, each on what the one before has left. */
export interface Corrections {
  /**
   * Makes operations as one change. They are worked out on the revision as it is when their turn comes; an empty list
   * is no change. Says a failure to the person itself, but for a conflict where `quiet` is set.
   */
  make(
    operations: readonly Operation[] | ((view: ConversationView) => readonly Operation[]),
    options?: { draft?: string; quiet?: boolean },
  ): Promise<Outcome>;
  /** Takes the last change back, one that is still being saved when this is called too; says so where there is none. */
  undo(): Promise<Outcome>;
  /** Makes what was taken back last again; says so where there is nothing. */
  redo(): Promise<Outcome>;
  restoreMachine(): Promise<Outcome>;
  /** Makes a change of an earlier hearing on what stands at its place now. */
  applyAgain(changeId: string): Promise<Outcome>;
  /** Lets go of a change of an earlier hearing. */
  dismiss(changeId: string): Promise<Outcome>;
}

/** The corrections of a conversation. */
export function useCorrections(id: string): Corrections {
  const { t } = useTranslation();
  const before = useRef<Promise<unknown>>(Promise.resolve());
  return useMemo((): Corrections => {
    const key = keyOf("conversation.get", { id });
    const put = (view: ConversationView) => {
      memory.setQueryData(key, view);
      void memory.invalidateQueries({ queryKey: ["library.list"] });
      void memory.invalidateQueries({ queryKey: ["conversation.history", { id }] });
      void memory.invalidateQueries({ queryKey: ["conversation.machine", { id }] });
      void memory.invalidateQueries({ queryKey: ["correction.leftBehind", { id }] });
    };
    const latest = () => memory.getQueryData<ConversationView>(key);
    const inTurn = (act: () => Promise<ConversationView | null>, quiet: boolean): Promise<Outcome> => {
      const next = before.current.then(async (): Promise<Outcome> => {
        try {
          const view = await act();
          if (view !== null) put(view);
          return "made";
        } catch (thrown) {
          const { code, details } = asFailure(thrown);
          if (code === "conflict") {
            await memory.invalidateQueries({ queryKey: key });
            if (!quiet) tell(t("reviewing.conflict"));
            return "conflict";
          }
          const fault = operationFaults.find((each) => each === details["reason"]);
          if (fault === undefined) tellFailure(thrown);
          else tell(t(`reviewing.fault.${fault}`));
          return "refused";
        }
      });
      before.current = next;
      return next;
    };
    const stepOf = (which: "undo" | "redo") =>
      inTurn(async () => {
        if (latest()?.[which] != null) return call(`conversation.${which}`, { id });
        tell(t(`reviewing.nothing.${which}`));
        return null;
      }, false);
    return {
      make: (operations, { draft, quiet = false } = {}) =>
        inTurn(async () => {
          const view = latest();
          if (view === undefined) return null;
          const made = typeof operations === "function" ? operations(view) : operations;
          const [only, ...more] = made;
          if (only === undefined) return null;
          const fields = { id, revision: view.revision, ...(draft === undefined ? {} : { draft }) };
          if (more.length === 0) return call("conversation.correct", { ...fields, operation: only });
          const input: CallInput<"conversation.correctAll"> = { ...fields, operations: [...made] };
          return call("conversation.correctAll", input);
        }, quiet),
      undo: () => stepOf("undo"),
      redo: () => stepOf("redo"),
      restoreMachine: () => inTurn(() => call("conversation.restoreMachine", { id }), false),
      applyAgain: (changeId) => inTurn(() => call("correction.again", { id, changeId }), false),
      dismiss: (changeId) => inTurn(() => call("correction.dismiss", { id, changeId }), false),
    };
  }, [id, t]);
}
