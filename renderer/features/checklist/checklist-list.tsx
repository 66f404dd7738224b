import { Button, TextInput } from "@mantine/core";
import { IconClipboardCheck, IconPlus, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import { EmptyState } from "../../ui/states.tsx";
import { AskTabs } from "./ask-tabs.tsx";
import classes from "./checklist-list.module.css";
import { ChecklistMenu } from "./checklist-menu.tsx";
import { EnableSwitch } from "./enable-switch.tsx";
import { addressOf } from "./new-checklist.ts";

/** From how many checklists on they can be filtered. */
const filteredFrom = 8;

interface ChecklistListProps {
  readonly checklists: readonly ChecklistView[];
  readonly drafts: ReadonlyMap<string, string>;
  readonly create: () => void;
  readonly openImport: () => void;
}

/** Every checklist of the library: what it serves, who answers it, how much has been judged by it. */
export function ChecklistList({ checklists, drafts, create, openImport }: ChecklistListProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const words = wanted.trim().toLocaleLowerCase();
  const shown = checklists.filter(({ id, title, description, serves }) =>
    [id, title, description, serves].some((text) => text.toLocaleLowerCase().includes(words)),
  );
  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <h1>{t("checklists.title")}</h1>
        <AskTabs />
        {checklists.length >= filteredFrom && (
          <TextInput
            size="xs"
            aria-label={t("checklists.filter")}
            placeholder={t("checklists.filter")}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        )}
        <span className={classes["gap"]} />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconUpload size={14} aria-hidden="true" />}
          onClick={openImport}
          data-testid="open-import"
        >
          {t("checklists.import")}
        </Button>
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={create}>
          {t("checklists.create")}
        </Button>
      </header>
      {checklists.length === 0 ? (
        <EmptyState
          icon={<IconClipboardCheck size={40} stroke={1.4} />}
          title={t("checklists.empty.title")}
          body={t("checklists.empty.body")}
        >
          <Button onClick={create}>{t("checklists.create")}</Button>
          <Button variant="default" onClick={openImport}>
            {t("checklists.import")}
          </Button>
        </EmptyState>
      ) : (
        <div className={classes["scroll"]} data-keep-scroll="checklists">
          <table className={classes["table"]} aria-label={t("checklists.table")}>
            <thead>
              <tr>
                <th scope="col">{t("checklists.columns.title")}</th>
                <th scope="col">{t("checklists.columns.for")}</th>
                <th scope="col">{t("checklists.columns.questions")}</th>
                <th scope="col">{t("checklists.columns.evaluations")}</th>
                <th scope="col">{t("checklists.columns.enabled")}</th>
                <th scope="col">
                  <span className="unseen">{t("checklists.columns.more")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <Row key={one.id} view={one} isDraft={drafts.has(one.id)} taken={checklists} />
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <p className={classes["quiet"]}>{t("checklists.noneOf")}</p>}
        </div>
      )}
    </div>
  );
}

function Row({ view, isDraft, taken }: { view: ChecklistView; isDraft: boolean; taken: readonly ChecklistView[] }) {
  const { t } = useTranslation();
  const { id, title, description, serves, version, origin, questions, evaluations } = view;
  const counted = (["submitted", "draft", "machine"] as const).filter((stage) => evaluations[stage] > 0);
  return (
    <tr>
      <th scope="row">
        <Link href={addressOf(id)}>{title}</Link>{" "}
        <span className={classes["quiet"]}>
          {t(`checklists.origins.${origin}`)}, {t("checklists.version", { version })}
        </span>
        {isDraft && <span className={classes["unsaved"]}> {t("checklists.unsaved")}</span>}
        {serves !== "" || description !== "" ? <p className={classes["serves"]}>{serves !== "" ? serves : description}</p> : null}
      </th>
      <td>{t(`checklists.for.${view.for ?? "all"}`)}</td>
      <td>
        <ul className={classes["counts"]}>
          {(["rule", "writer", "person"] as const)
            .filter((by) => questions[by] > 0)
            .map((by) => (
              <li key={by}>
                <span>{t(`checklists.by.${by}`)}</span> <span className="numeric">{questions[by]}</span>
              </li>
            ))}
        </ul>
      </td>
      <td>
        {counted.length === 0 ? (
          <span className={classes["quiet"]}>{t("checklists.noEvaluations")}</span>
        ) : (
          <ul className={classes["counts"]}>
            {counted.map((stage) => (
              <li key={stage} data-stage={stage}>
                <span className="numeric">{evaluations[stage]}</span> <span>{t(`checklists.stages.${stage}`)}</span>
              </li>
            ))}
          </ul>
        )}
      </td>
      <td>
        <EnableSwitch view={view} />
      </td>
      <td>
        <ChecklistMenu view={view} taken={taken} open />
      </td>
    </tr>
  );
}
