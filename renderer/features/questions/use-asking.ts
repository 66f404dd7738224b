import { useRef, useState } from "react";
import type { CallInput, ParsedInput } from "../../../app/contract/api.ts";
import type { QuestionPlan } from "../../../app/contract/question-views.ts";
import { call } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";

/** A question that is about to be asked, or asked again. */
export type Wanted = CallInput<"question.plan">;

/** Asking with a look at what would be sent before anything is. */
export interface Asking {
  /** What is looked at, until a person has agreed to it or not. */
  readonly plan: QuestionPlan | null;
  readonly busy: boolean;
  /** Works out what would be sent. Where nothing would be, it is asked at once. */
  begin(wanted: Wanted): void;
  agree(): void;
  dismiss(): void;
}

/** Asks a question. `asked` hears its id. */
export function useAsking(asked: (id: string) => void): Asking {
  const { t } = useTranslation();
  const [plan, setPlan] = useState<QuestionPlan | null>(null);
  const [busy, setBusy] = useState(false);
  const wanted = useRef<Wanted | null>(null);

  const send = async ({ agreement }: QuestionPlan): Promise<void> => {
    const about = wanted.current;
    if (about === null) return;
    const id =
      "question" in about
        ? (await call("question.ask", { question: about.question, agreement })).id
        : await call("question.again", { again: about.again, agreement }).then(() => about.again.id);
    setPlan(null);
    asked(id);
  };
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (thrown) {
      tellFailure(thrown);
      // What was agreed to does not hold any more: it is looked at anew.
      setPlan(null);
    } finally {
      setBusy(false);
    }
  };
  return {
    plan,
    busy,
    begin(about) {
      wanted.current = about;
      void guarded(async () => {
        const found = await call("question.plan", about as ParsedInput<"question.plan">);
        if (found.conversations === 0) tell(t("questions.plan.none"));
        else if (found.by === "search" && found.conversations === 1) await send(found);
        else setPlan(found);
      });
    },
    agree() {
      if (plan !== null) void guarded(() => send(plan));
    },
    dismiss: () => setPlan(null),
  };
}
