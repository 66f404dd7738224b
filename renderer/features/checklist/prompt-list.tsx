import { ActionIcon, Button, Switch } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { Link } from "wouter";
import { type PromptKind, promptKinds } from "../../../app/conformity/writing/prompt.ts";
import type { PromptView } from "../../../app/contract/writing-views.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { keepTextDraft } from "../../ui/desk/text-drafts.ts";
import { tell } from "../../ui/notices.tsx";
import { AskTabs } from "./ask-tabs.tsx";
import classes from "./checklist-list.module.css";
import { promptAddress } from "./new-prompt.ts";

/** Every prompt and workflow of the library: what it is for, whether it is on, how much was written by it. */
export function PromptList({
  prompts,
  drafts,
  create,
}: {
  prompts: readonly PromptView[];
  drafts: ReadonlyMap<string, string>;
  create: (kind: PromptKind) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <h1>{t("prompts.title")}</h1>
        <AskTabs />
        <span className={classes["gap"]} />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => create("workflow")}
        >
          {t("prompts.createWorkflow")}
        </Button>
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => create("prompt")}>
          {t("prompts.create")}
        </Button>
      </header>
      <div className={classes["scroll"]} data-keep-scroll="prompts">
        <p className={classes["intro"]}>{t("prompts.note")}</p>
        <table className={classes["table"]} aria-label={t("prompts.table")}>
          <thead>
            <tr>
              {(["title", "use", "output", "writings", "enabled"] as const).map((name) => (
                <th key={name} scope="col">
                  {t(`prompts.columns.${name}`)}
                </th>
              ))}
              <th scope="col">
                <span className="unseen">{t("prompts.columns.more")}</span>
              </th>
            </tr>
          </thead>
          {promptKinds.map((kind) => (
            <tbody key={kind} aria-label={t(`prompts.groups.${kind}`)}>
              {prompts
                .filter((one) => one.kind === kind)
                .map((one) => (
                  <Row key={one.id} view={one} isDraft={drafts.has(`${kind} ${one.id}`)} />
                ))}
            </tbody>
          ))}
        </table>
      </div>
    </div>
  );
}

function Row({ view, isDraft }: { view: PromptView; isDraft: boolean }) {
  const { t } = useTranslation();
  const { kind, id, title, description, version, origin, use, output, writings } = view;
  return (
    <tr data-prompt={id}>
      <th scope="row">
        <Link href={promptAddress(kind, id)}>{title}</Link>{" "}
        <span className={classes["quiet"]}>
          {id}, {t(`prompts.origins.${origin}`)}, {t("checklists.version", { version })}
        </span>
        {isDraft && <span className={classes["unsaved"]}> {t("checklists.unsaved")}</span>}
        {description !== "" && <p className={classes["serves"]}>{description}</p>}
      </th>
      <td>{use === null ? t("prompts.kinds.workflow") : t(`prompts.uses.${use}`)}</td>
      <td>{output === null ? t("prompts.runs", { count: view.prompts.length }) : t(`prompts.outputs.${output}`)}</td>
      <td>
        {kind === "workflow" ? null : writings === 0 ? (
          <span className={classes["quiet"]}>{t("prompts.none")}</span>
        ) : (
          t("prompts.conversations", { count: writings })
        )}
      </td>
      <td>
        <EnablePrompt view={view} />
      </td>
      <td>{!view.needed && <RemovePrompt view={view} />}</td>
    </tr>
  );
}

/** Whether something is written by it where everything is. */
export function EnablePrompt({ view: { kind, id, title, enabled, needed } }: { view: PromptView }) {
  const { t } = useTranslation();
  const enable = useAct("prompt.enable", () => void memory.invalidateQueries({ queryKey: ["prompt.list"] }));
  if (needed) return <span className={classes["quiet"]}>{t("prompts.needed")}</span>;
  return (
    <Switch
      size="xs"
      checked={enabled}
      disabled={enable.isPending}
      label={t(enabled ? "prompts.on" : "prompts.off")}
      aria-label={t("prompts.enable", { title })}
      onChange={(event) => enable.mutate({ kind, id, enabled: event.currentTarget.checked })}
    />
  );
}

function RemovePrompt({ view: { kind, id, title, origin } }: { view: PromptView }) {
  const { t } = useTranslation();
  const remove = useAct("prompt.remove", () => {
    keepTextDraft("prompt", `${kind} ${id}`, null);
    void memory.invalidateQueries({ queryKey: ["prompt.list"] });
    tell(t("prompts.removed", { title }));
  });
  const ask = () =>
    modals.openConfirmModal({
      title: t("prompts.removeTitle", { title }),
      children: (
        <div className={classes["said"]}>
          <p>{t("prompts.removeBody")}</p>
          {origin === "ready-made" && <p>{t("prompts.removeReady")}</p>}
        </div>
      ),
      labels: { confirm: t("prompts.remove"), cancel: t("state.cancel") },
      confirmProps: { color: "red" },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => remove.mutate({ kind, id }),
    });
  return (
    <ActionIcon aria-label={t("prompts.removeOne", { title })} loading={remove.isPending} onClick={ask}>
      <IconTrash size={16} aria-hidden="true" />
    </ActionIcon>
  );
}
