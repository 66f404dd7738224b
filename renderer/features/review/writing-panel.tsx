import { Button, Menu, Progress } from "@mantine/core";
import { IconChevronDown, IconSparkles } from "@tabler/icons-react";
import { Link } from "wouter";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { PromptView, WritingsView } from "../../../app/contract/writing-views.ts";
import { useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { currentEvidence } from "../../ui/proof/current-evidence.ts";
import { QuoteList } from "../../ui/proof/quote-list.tsx";
import { FailureNote, PageFailure } from "../../ui/states.tsx";
import { percent } from "../../ui/time.ts";
import type { GoTo } from "./left-behind.tsx";
import { Section } from "./panel-parts.tsx";
import classes from "./writing.module.css";
import { WritingItem } from "./writing-item.tsx";
import { playQuote, summaryId } from "./writing-places.ts";

interface WritingPanelProps {
  readonly conversation: ConversationView["conversation"];
  readonly goTo: GoTo;
}

/** The tab with the summary and what else was written of a conversation, and by whom. */
export function WritingPanel(props: WritingPanelProps) {
  return (
    <div id={summaryId} data-testid="writing" className={classes["panel"]} tabIndex={-1}>
      <Writings {...props} />
    </div>
  );
}

function Writings({ conversation, goTo }: WritingPanelProps) {
  const { t } = useTranslation();
  const { id: conversationId } = conversation;
  const list = useCall("writing.list", { conversationId });
  const prompts = useCall("prompt.list", {}).data?.prompts;
  const engine = useCall("settings.get", {}).data?.writer.engine;
  if (list.isError && list.data === undefined) {
    return <PageFailure nested failure={list.error} again={() => void list.refetch()} />;
  }
  if (list.data === undefined || prompts === undefined || engine === undefined) {
    return (
      <p className={classes["quiet"]} role="status">
        {t("writing.loading")}
      </p>
    );
  }
  if (conversation.turns.length === 0) return <p className={classes["quiet"]}>{t("writing.notHeard")}</p>;
  const { writings } = list.data;
  const isWritten = writings.length > 0;
  return (
    <>
      {engine === "none" ? (
        <p className={classes["note"]}>
          {t("writing.noWriter")} <Link href="/settings#writer">{t("writing.setUp")}</Link>
        </p>
      ) : (
        <Toolbar conversationId={conversationId} written={list.data} prompts={prompts} />
      )}
      {isWritten && (
        <Section title={t("writing.written")}>
          {writings.map((one) => (
            <WritingItem
              key={one.prompt.id}
              conversationId={conversationId}
              one={one}
              run={list.data.run}
              canWrite={engine !== "none"}
              goTo={goTo}
            />
          ))}
        </Section>
      )}
      {engine !== "none" && <Missing conversationId={conversationId} written={list.data} prompts={prompts} />}
      <Section title={t("writing.picked")}>
        <p className={`${classes["quiet"]} ${classes["lead"]}`}>
          {t(list.data.picked.length > 0 ? "writing.pickedNote" : "writing.pickedNone")}
        </p>
        <QuoteList quotes={list.data.picked.map(currentEvidence)} target={{ play: playQuote(goTo) }} />
      </Section>
      <p className={`${classes["quiet"]} ${classes["more"]}`}>
        <Link href="/prompts">{t("writing.prompts")}</Link>
      </p>
    </>
  );
}

interface PartProps {
  readonly conversationId: string;
  readonly written: WritingsView;
  readonly prompts: readonly PromptView[];
}

/** Begins to write and stops it; tells how far it is, or why nothing came of it. */
function Toolbar({ conversationId, written, prompts }: PartProps) {
  const { t } = useTranslation();
  const write = useAct("writing.write", undefined, "inPlace");
  const cancel = useAct("writing.cancel");
  const { run, failure, writings } = written;
  const isWritten = writings.length > 0;
  const all = (): void => write.mutate({ conversationId });
  useActions({ "summary.write": run === null ? all : undefined });
  const workflows = prompts.filter(({ kind, enabled }) => kind === "workflow" && enabled);
  return (
    <div className={classes["toolbar"]}>
      {run === null ? (
        <div className={classes["buttons"]}>
          <Button size="xs" leftSection={<IconSparkles size={14} aria-hidden="true" />} loading={write.isPending} onClick={all}>
            {t(isWritten ? "writing.allAgain" : "writing.all")}
          </Button>
          {workflows.length > 0 && (
            <Menu position="bottom-start">
              <Menu.Target>
                <Button size="xs" variant="default" rightSection={<IconChevronDown size={14} aria-hidden="true" />}>
                  {t("writing.byWorkflow")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {workflows.map(({ id, title, description }) => (
                  <Menu.Item key={id} title={description} onClick={() => write.mutate({ conversationId, workflowId: id })}>
                    {title}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
      ) : (
        <div className={classes["running"]}>
          <span role="status" className={classes["quiet"]}>
            {run.progress === null ? t("writing.waiting") : t("writing.writing", { percent: percent(run.progress) })}
          </span>
          <Progress value={100 * (run.progress ?? 0)} size="sm" aria-label={t("writing.written")} />
          <Button size="compact-xs" variant="default" onClick={() => cancel.mutate({ conversationId })}>
            {t("writing.cancel")}
          </Button>
        </div>
      )}
      {!isWritten && run === null && (
        <p className={classes["quiet"]}>
          {t("writing.nothing")} {t("writing.leaves")}
        </p>
      )}
      {write.isError && <FailureNote compact live failure={write.error} />}
      {failure !== null && run === null && !write.isPending && (
        <div className={classes["failed"]}>
          <p>{t("writing.failed")}</p>
          <FailureNote compact live failure={failure} />
          {isWritten && <p className={classes["quiet"]}>{t("writing.kept")}</p>}
        </div>
      )}
    </div>
  );
}

/** Prompts that are turned on and by which nothing was written yet, once something was by others. */
function Missing({ conversationId, written: { writings, run }, prompts }: PartProps) {
  const { t } = useTranslation();
  const write = useAct("writing.write");
  const there = new Set(writings.map(({ prompt }) => prompt.id));
  const missing = prompts.filter(({ id, use, enabled }) => use === "insight" && enabled && !there.has(id));
  if (missing.length === 0 || (writings.length === 0 && run === null)) return null;
  return (
    <Section title={t("writing.missing")}>
      <ul className={classes["missing"]}>
        {missing.map(({ id, title }) => (
          <li key={id}>
            <span>{title}</span>
            {run?.prompts.includes(id) === true ? (
              <span className={classes["quiet"]}>{t("writing.beingWritten")}</span>
            ) : (
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`${t("writing.one")}: ${title}`}
                onClick={() => write.mutate({ conversationId, promptIds: [id] })}
              >
                {t("writing.one")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
