import { ActionIcon, Button, Menu, NativeSelect } from "@mantine/core";
import { IconClipboardCheck, IconPlus } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { scoreText } from "../../../app/conformity/score-range.ts";
import type { EvaluationLine } from "../../../app/contract/conformity-views.ts";
import type { ConversationView } from "../../../app/contract/views.ts";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { EmptyState, PageFailure } from "../../ui/states.tsx";
import { checklistKeys, type OpenChecklist } from "./checklist-open.ts";
import classes from "./checklist-score.module.css";
import { ChecklistSheet } from "./checklist-sheet.tsx";
import type { GoTo } from "./left-behind.tsx";
import type { Player } from "./player.ts";
import { ReportButton } from "./report-dialog.tsx";
import type { Target } from "./transcript-caret.ts";

/** What the checklist needs of the page. */
export interface ChecklistPanelProps {
  readonly conversation: ConversationView["conversation"];
  readonly checklist: OpenChecklist;
  readonly player: Player;
  /** What is chosen or stood on in the words. */
  readonly target: () => Target | undefined;
  readonly goTo: GoTo;
}

/** The tab in which a conversation is judged by a checklist. */
export function ChecklistPanel(props: ChecklistPanelProps) {
  const { t } = useTranslation();
  const { conversation, checklist } = props;
  const { lines, view, failure, evaluationId } = checklist;
  if (failure !== null && failure !== undefined && view === undefined) {
    return <PageFailure nested failure={failure} again={checklist.retry} />;
  }
  const loading = (
    <p className={classes["loading"]} role="status">
      {t("checklist.loading")}
    </p>
  );
  if (lines === undefined) return loading;
  return (
    <div data-keys={checklistKeys} data-testid="checklist" className={classes["panel"]}>
      {evaluationId === null ? (
        <Nothing conversation={conversation} checklist={checklist} />
      ) : (
        <>
          <Choice conversation={conversation} lines={lines} open={evaluationId} choose={checklist.choose} />
          {view === undefined ? loading : <ChecklistSheet key={view.evaluation.id} {...props} view={view} />}
        </>
      )}
    </div>
  );
}

/** Begins to judge a conversation by a checklist, and opens it. */
function useBegin(conversationId: string, choose: (formId: string) => void) {
  return useAct("evaluation.begin", (view) => {
    memory.setQueryData(keyOf("evaluation.get", { id: view.evaluation.id }), view);
    choose(view.evaluation.form.id);
    void memory.invalidateQueries({ queryKey: keyOf("evaluation.list", { conversationId }) });
  });
}

/** Checklists that are for a conversation and do not judge it yet. */
function useOthers({ kind }: Pick<ConversationView["conversation"], "kind">, lines: readonly EvaluationLine[]) {
  const list = useCall("checklist.list", {}).data?.checklists;
  return list?.filter((one) => (one.for === null || one.for === kind) && !lines.some(({ formId }) => formId === one.id));
}

function Nothing({ conversation, checklist }: Pick<ChecklistPanelProps, "conversation" | "checklist">) {
  const { t } = useTranslation();
  const { choose, asked, heeded } = checklist;
  const button = useRef<HTMLButtonElement>(null);
  const others = useOthers(conversation, []);
  const begin = useBegin(conversation.id, choose);
  const first = others?.find(({ enabled }) => enabled) ?? others?.[0];
  const isHeard = conversation.turns.length > 0;
  useEffect(() => {
    if (asked === heeded.current || button.current === null) return;
    heeded.current = asked;
    button.current.focus();
  });
  return (
    <EmptyState
      icon={<IconClipboardCheck size={28} />}
      title={t("checklist.empty.title")}
      body={
        <>
          {t("checklist.empty.body")} {!isHeard && t("checklist.empty.notHeard")}
          {isHeard && others?.length === 0 && t("checklist.empty.none")}
        </>
      }
    >
      {isHeard && first !== undefined && (
        <Button
          loading={begin.isPending}
          onClick={() => begin.mutate({ conversationId: conversation.id, formId: first.id })}
          ref={button}
        >
          {t("checklist.empty.begin", { title: first.title })}
        </Button>
      )}
      {isHeard && others !== undefined && others.length > 1 && (
        <BeginMenu conversation={conversation} lines={[]} choose={choose} />
      )}
    </EmptyState>
  );
}

/** By which checklist the conversation is being judged, and the way to another. */
function Choice({
  conversation,
  lines,
  open,
  choose,
}: Pick<ChecklistPanelProps, "conversation"> & {
  lines: readonly EvaluationLine[];
  open: string;
  choose: (formId: string) => void;
}) {
  const { t } = useTranslation();
  const say = ({ formTitle: title, percent }: EvaluationLine) =>
    percent === null
      ? t("checklist.lineUnscored", { title })
      : t("checklist.line", { title, percent: t("checklist.percent", { percent: scoreText(percent) }) });
  return (
    <div className={classes["choice"]}>
      <NativeSelect
        aria-label={t("checklist.choose")}
        data-testid="checklist-choice"
        value={lines.find(({ id }) => id === open)?.formId ?? ""}
        data={lines.map((line) => ({ value: line.formId, label: say(line) }))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <BeginMenu conversation={conversation} lines={lines} choose={choose} compact />
      <ReportButton conversationId={conversation.id} evaluationId={open} />
    </div>
  );
}

function BeginMenu({
  conversation,
  lines,
  choose,
  compact = false,
}: Pick<ChecklistPanelProps, "conversation"> & {
  lines: readonly EvaluationLine[];
  choose: (formId: string) => void;
  compact?: boolean;
}) {
  const { t } = useTranslation();
  const others = useOthers(conversation, lines);
  const begin = useBegin(conversation.id, choose);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        {compact ? (
          <ActionIcon
            variant="default"
            size="lg"
            loading={begin.isPending}
            aria-label={t("checklist.beginAnother")}
            title={t("checklist.beginAnother")}
          >
            <IconPlus size={14} aria-hidden="true" />
          </ActionIcon>
        ) : (
          <Button variant="default" loading={begin.isPending} leftSection={<IconPlus size={14} aria-hidden="true" />}>
            {t("checklist.beginAnother")}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        {others?.length === 0 && <Menu.Label>{t("checklist.noOther")}</Menu.Label>}
        {others?.map(({ id, title, serves }) => (
          <Menu.Item key={id} title={serves} onClick={() => begin.mutate({ conversationId: conversation.id, formId: id })}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
