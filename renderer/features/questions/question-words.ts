import type { TFunction } from "i18next";
import type { QuestionView } from "../../../app/contract/question-views.ts";
import { useTranslation } from "../../text/index.ts";

type Group = QuestionView["groups"][number];

/** Which conversations a question was asked of, in words. */
export function overText({ scope, conversations }: Pick<QuestionView, "scope" | "conversations">, t: TFunction): string {
  switch (scope.kind) {
    case "conversation":
      return scope.title;
    case "selection":
      return t("questions.over.selection", { count: conversations });
    case "search":
      return scope.text.trim() === ""
        ? t("questions.over.all", { count: conversations })
        : t("questions.over.search", { count: conversations, text: scope.text });
  }
}

/** Names groups of answers that say the same. */
export function useGroupName(): (key: string, said: string | null) => string {
  const { t } = useTranslation();
  const open: Readonly<Record<string, string>> = {
    "not-said": t("questions.groups.notSaid"),
    "for-a-person": t("questions.groups.forPerson"),
    passages: t("questions.groups.passages"),
    "no-passage": t("questions.groups.noPassage"),
    hidden: t("questions.groups.hidden"),
  };
  return (key, said) => open[key] ?? said ?? key;
}

/** The groups that say something of many: those of several answers, and all where answers are counted for certain. */
export function topGroups({ groups, shape }: Pick<QuestionView, "groups" | "shape">, most: number): readonly Group[] {
  const telling = shape.kind === "text" ? groups.filter(({ key, count }) => !key.startsWith("text:") || count > 1) : groups;
  return telling.slice(0, most);
}

/** Answers in words that no other conversation has given. */
export function countSingles({ groups, shape, states }: Pick<QuestionView, "groups" | "shape" | "states">): number {
  if (shape.kind !== "text") return 0;
  const grouped = groups
    .filter(({ key, count }) => !key.startsWith("text:") || count > 1)
    .reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, states.done - grouped);
}
