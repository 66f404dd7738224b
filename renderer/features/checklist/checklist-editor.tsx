import { Button, Tabs } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import type { FormFault } from "../../../app/conformity/form-faults.ts";
import { questionsOf } from "../../../app/conformity/form-questions.ts";
import type { CallOutput } from "../../../app/contract/api.ts";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { memory, queryOf, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel, useActions, useChords } from "../../ui/actions/index.ts";
import { CodeField, type CodeHandle } from "../../ui/code/code-field.tsx";
import { useKept } from "../../ui/desk/kept-place.ts";
import { keepTextDraft, useUnsavedWarning } from "../../ui/desk/text-drafts.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./checklist-editor.module.css";
import { ChecklistMenu } from "./checklist-menu.tsx";
import { EnableSwitch } from "./enable-switch.tsx";
import { FaultsList } from "./faults-list.tsx";
import { completionsAt } from "./form-completion.ts";
import { addressOf, newAddress, newText } from "./new-checklist.ts";
import { PreviewPanel } from "./preview-panel.tsx";
import { useFormCheck } from "./use-form-check.ts";
import { VersionsPanel } from "./versions-panel.tsx";

const tabs = ["preview", "versions"] as const;

interface ChecklistEditorProps {
  /** The checklist that is saved; null while a new one is written. */
  readonly checklist: CallOutput<"checklist.get"> | null;
  readonly checklists: readonly ChecklistView[];
  /** What was typed and not saved. */
  readonly draft: string | undefined;
}

/** Writes a checklist, with a conversation judged by it beside the text. Nothing typed is lost by leaving. */
export function ChecklistEditor({ checklist, checklists, draft }: ChecklistEditorProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const view = checklist?.checklist ?? null;
  const key = view?.id ?? newAddress;
  const taken = checklists.map((one) => one.id);
  const saved = checklist?.text ?? "";
  const [text, setText] = useState(
    () => draft ?? (checklist === null ? newText(taken, t("checklists.template", { returnObjects: true })) : saved),
  );
  const [tab, setTab] = useKept<(typeof tabs)[number]>("checklists.tab", "preview", tabs);
  const field = useRef<CodeHandle>(null);
  const check = useFormCheck(text);
  const { form, faults, checking, good, failure } = check;
  const isChanged = text !== saved;
  const save = useAct("checklist.save", undefined, "inPlace");
  useUnsavedWarning(isChanged);

  // Saved elsewhere while nothing was typed here: the text follows.
  const shown = useRef(saved);
  useEffect(() => {
    if (shown.current === saved) return;
    if (text === shown.current) setText(saved);
    shown.current = saved;
  }, [saved, text]);

  const change = (next: string) => {
    setText(next);
    keepTextDraft("checklist", key, next === saved ? null : next);
  };
  const go = (fault: FormFault) => field.current?.goTo(fault.line, fault.column);
  const clash = form !== null && form.id !== view?.id && taken.includes(form.id);
  const store = async (): Promise<void> => {
    // The keys of a dialog that lies over the page are its own.
    if (document.querySelector('[role="dialog"]') !== null || save.isPending || !isChanged || clash) return;
    const [first] = faults;
    if (first !== undefined && !checking) {
      go(first);
      return;
    }
    const kept = await save.mutateAsync({ text }).catch(() => null);
    if (kept === null) return;
    keepTextDraft("checklist", key, null);
    void memory.invalidateQueries({ queryKey: ["checklist.list"] });
    await memory.invalidateQueries({ queryKey: ["checklist.get"] });
    const isSame = kept.id === view?.id && kept.version === view.version;
    tell(t(isSame ? "checklists.savedSame" : "checklists.saved", { version: kept.version }));
    const after = await memory.fetchQuery(queryOf("checklist.get", { id: kept.id }));
    // What was typed meanwhile stays.
    setText((now) => (now === text ? after.text : now));
    if (kept.id !== view?.id) navigate(addressOf(kept.id), { replace: true });
  };
  useActions({ "writing.save": () => void store() });
  const [saveChord = ""] = useChords("writing.save");

  const categories = useCall("category.list", {}).data?.categories;
  const known = useMemo(
    () => ({
      categories: (categories ?? []).map(({ category }) => category.id),
      questions: good === null ? [] : questionsOf(good.form).map(({ question }) => question.id),
    }),
    [categories, good],
  );
  const title = good?.form.title ?? view?.title ?? t("checklists.create");
  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <Link href="/checklists" className={classes["back"] ?? ""}>
          <IconArrowLeft size={14} aria-hidden="true" /> {t("checklists.all")}
        </Link>
        <h1>{title}</h1>
        {view !== null && (
          <span className={classes["quiet"]}>
            {t(`checklists.origins.${view.origin}`)}, {t("checklists.version", { version: view.version })}
          </span>
        )}
        {isChanged && <span className={classes["unsaved"]}>{t("checklists.unsaved")}</span>}
        <span className={classes["gap"]} />
        {view !== null && (
          <span className={classes["switch"]}>
            <span aria-hidden="true">{t("checklists.columns.enabled")}</span>
            <EnableSwitch view={view} />
          </span>
        )}
        {isChanged && view !== null && (
          <Button variant="default" onClick={() => change(saved)}>
            {t("checklists.revert")}
          </Button>
        )}
        <Button
          disabled={!isChanged || clash || (faults.length > 0 && !checking)}
          loading={save.isPending}
          onClick={() => void store()}
        >
          {t("checklists.save")}
        </Button>
        {view !== null && <ChecklistMenu view={view} taken={checklists} />}
      </header>
      <div className={classes["body"]}>
        <section className={classes["writing"]} aria-label={t("checklists.text")}>
          <CodeField
            text={text}
            language="yaml"
            label={t("checklists.text")}
            describedBy="form-text-help"
            faults={faults}
            complete={(before) => completionsAt(before, known)}
            change={change}
            handle={field}
            testId="form-text"
          />
          {failure !== null && <FailureNote compact live failure={failure} />}
          {save.isError && <FailureNote live failure={save.error} />}
          {clash && form !== null && <p className={classes["clash"]}>{t("checklists.idTaken", { id: form.id })}</p>}
          {!clash && form !== null && view !== null && form.id !== view.id && (
            <p className={classes["clash"]}>{t("checklists.idNew", { title: view.title })}</p>
          )}
          <FaultsList
            faults={faults}
            good={
              form === null
                ? null
                : t("checklists.good", { questions: t("checklists.questions", { count: questionsOf(form).length }) })
            }
            checking={checking}
            go={go}
          />
          <p id="form-text-help" className={classes["help"]}>
            {t("checklists.textHelp", {
              completion: chordLabel("Mod+Space").join("+"),
              fault: "F8",
              save: chordLabel(saveChord).join("+"),
            })}
          </p>
        </section>
        <Tabs
          className={classes["besides"] ?? ""}
          value={tab}
          onChange={(value) => setTab(tabs.find((each) => each === value) ?? "preview")}
        >
          <Tabs.List aria-label={t("checklists.besides")}>
            {tabs.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t(`checklists.tabs.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="preview" className={classes["beside"] ?? ""} data-keep-scroll="checklist-preview">
            {tab === "preview" && (
              <PreviewPanel form={good?.form ?? null} text={good?.text ?? null} isOld={faults.length > 0 && !checking} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="versions" className={classes["beside"] ?? ""}>
            {tab === "versions" && (
              <VersionsPanel
                of={view === null ? null : { kind: "checklist", id: view.id }}
                versions={checklist?.versions ?? []}
                text={text}
                bringBack={change}
              />
            )}
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  );
}
