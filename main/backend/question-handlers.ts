import type { Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../app/contract/events.ts";
import { mostAsked, type NewQuestion, type QuestionAgain, type QuestionScope } from "../../app/contract/question-views.ts";
import { redactText } from "../../app/insight/redaction.ts";
import { personName } from "./editing-handlers.ts";
import type { Clips } from "./media/clips.ts";
import { writeAnswersCsv } from "./report/write-answers-csv.ts";
import type { Store } from "./store/store.ts";
import { createQuestionAsker, type QuestionAskerWorld } from "./writer/ask-questions.ts";
import { type Asking, agreementOf, planQuestion } from "./writer/plan-question.ts";

/** What the handlers of questions answer from. */
export interface QuestionWorld extends Omit<QuestionAskerWorld, "changed"> {
  readonly clips: Clips;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
}

type QuestionCalls = Extract<keyof Handlers, `question.${string}`>;

/** One handler for each call about questions that people ask of conversations. */
export function questionHandlers(world: QuestionWorld): Pick<Handlers, QuestionCalls> {
  const { store, emit, signal } = world;
  const changed = (id: string): void => emit("question.changed", { id });
  const asker = createQuestionAsker({ ...world, changed });

  const askingOf = ({ text, shape, scope, by }: NewQuestion): Asking => {
    const { writer, redaction } = store.settings.get();
    return {
      text: redactText(text, redaction),
      shape,
      by: by ?? (writer.engine === "none" ? "search" : "writer"),
      conversationIds: conversationsOf(scope, store),
    };
  };
  const askingAgain = (again: QuestionAgain): Asking => {
    const question = store.questions.get(again.id);
    if (question === null) throw new EarmarkError("not-found", "There is no such question.", { id: again.id });
    return { ...question, conversationIds: store.questions.again(again) };
  };
  /** Refuses what is not what a person has agreed to. */
  const agreed = (asking: Asking, agreement: string): Asking => {
    if (asking.by === "writer" && store.settings.get().writer.engine === "none") {
      throw new EarmarkError("writer-none", "No writer is set up to answer questions.");
    }
    if (agreementOf(asking, store) !== agreement) {
      throw new EarmarkError("conflict", "What would be asked, or where it would be sent, has changed since it was agreed to.");
    }
    if (asking.conversationIds.length === 0) throw new EarmarkError("not-found", "There is no conversation to ask.");
    return asking;
  };
  /** Records what becomes of a question. Of one conversation's the text itself is committed to. */
  const record = (id: string, action: "asked" | "asked-again" | "cancelled" | "removed", conversations: number): void => {
    const { scope, text, by } = store.questions.view(id);
    const subject = scope.kind === "conversation" ? scope.conversationId : null;
    const content = subject === null ? null : store.ledger.commit(subject, { question: text });
    const who = by === "search" ? "search" : "model";
    store.ledger.append("question", subject, { question: id, action, by: who, conversations, content, evidence: 0, model: null });
  };

  return {
    "question.plan": async (wanted) =>
      planQuestion("question" in wanted ? askingOf(wanted.question) : askingAgain(wanted.again), store, signal),
    "question.ask": async ({ question, agreement }) => {
      const { text, shape, by, conversationIds } = agreed(askingOf(question), agreement);
      const { scope } = question;
      const search = scope.kind === "search" ? scope.text : null;
      const id = store.transaction(() => {
        const fields = { text, shape, by, search, scope: scope.kind, author: personName(store) };
        const added = store.questions.add(fields, conversationIds);
        record(added, "asked", conversationIds.length);
        return added;
      });
      asker.begin(id);
      return { id };
    },
    "question.again": async ({ again, agreement }) => {
      const { conversationIds } = agreed(askingAgain(again), agreement);
      store.transaction(() => {
        store.questions.wait(again.id, conversationIds);
        store.questions.putFailure(again.id, null);
        record(again.id, "asked-again", conversationIds.length);
      });
      asker.begin(again.id);
      return {};
    },
    "question.list": async ({ limit }) => ({ questions: store.questions.list(limit) }),
    "question.get": async ({ id }) => store.questions.view(id),
    "question.answers": async (wanted) => store.questions.answers(wanted),
    "question.ofConversation": async ({ conversationId }) => ({
      entries: store.questions
        .ofConversation(conversationId)
        .map((answer) => ({ answer, question: store.questions.view(answer.questionId) })),
    }),
    "question.cancel": async ({ id }) => {
      const { waiting, running } = store.questions.view(id).states;
      if (waiting + running === 0) return {};
      await asker.cancel(id);
      store.transaction(() => record(id, "cancelled", waiting + running));
      return {};
    },
    "question.remove": async ({ id }) => {
      await asker.cancel(id);
      store.transaction(() => {
        record(id, "removed", store.questions.view(id).conversations);
        store.questions.remove(id);
      });
      changed(id);
      return {};
    },
    "question.export": async ({ id }) => writeAnswersCsv(id, world),
  };
}

/** The conversations that are meant, as they are now. */
function conversationsOf(scope: QuestionScope, store: Store): string[] {
  switch (scope.kind) {
    case "conversation":
      return known([scope.conversationId], store);
    case "selection":
      return known([...new Set(scope.conversationIds)], store);
    case "search":
      return store.library.ids(scope.text, mostAsked, personName(store));
  }
}

function known(ids: readonly string[], store: Store): string[] {
  return ids.filter((id) => store.conversations.get(id) !== null);
}
