import { type ReadRevision, type Staleness, stalenessFinder } from "../../../app/conformity/evidence.ts";
import type { KeptAnswer } from "../../../app/conformity/writing/question.ts";
import type { Span, Transcript } from "../../../app/conversation/conversation.ts";
import { mutedSpans } from "../../../app/conversation/hide.ts";
import type { Store } from "../store/store.ts";

/**
 * Brings the answers to people's questions in line with a conversation's words as they read now: one whose words have changed is
 * marked stale, and one is taken out as soon as something of the conversation is hidden that was not hidden when it was asked,
 * because a model may have told of it. Belongs into the transaction that changes the words.
 */
export function bringQuestions(store: Pick<Store, "questions">, conversationId: string, read: () => ReadRevision | null): void {
  const answers = store.questions.onWords(conversationId);
  if (answers.length === 0) return;
  const now = read();
  if (now === null) return;
  const hidden = mutedSpans(now.conversation);
  const find = stalenessFinder(now);
  for (const { questionId, answer, stale, hidden: before } of answers) {
    if (hidesMore(hidden, before)) {
      store.questions.takeOut(questionId, conversationId);
      continue;
    }
    const found = staleOf(answer, find);
    if (JSON.stringify(found) !== JSON.stringify(stale)) store.questions.putStale(questionId, conversationId, found);
  }
}

/** What is hidden of a transcript, to be kept with what is made of it. */
export function hiddenOf(transcript: Pick<Transcript, "turns" | "hidden">): Span[] {
  return mutedSpans(transcript).map(({ startMs, endMs }) => ({ startMs, endMs }));
}

/** Whether something is hidden now that was not hidden before. */
export function hidesMore(now: readonly Span[], before: readonly Span[]): boolean {
  return now.some((span) => !before.some((other) => holds(other, span)));
}

function staleOf({ evidence, searched }: KeptAnswer, find: ReturnType<typeof stalenessFinder>): Staleness[] {
  return [...evidence.flatMap((one) => find.evidence(one) ?? []), ...searched.flatMap((one) => find.absence(one) ?? [])];
}

function holds(outer: Span, inner: Span): boolean {
  return outer.startMs <= inner.startMs && inner.endMs <= outer.endMs;
}
