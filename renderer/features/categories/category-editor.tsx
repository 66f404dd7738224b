import { Button } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconCopy, IconDownload, IconPower, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { CategoryView } from "../../../app/contract/category-views.ts";
import { type Category, ruleIdentity } from "../../../app/insight/rules.ts";
import { writeCategory, writeRulesFile } from "../../../app/insight/rules-write.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { saveFile } from "../../ui/desk/save-file.ts";
import { keepTextDraft, useUnsavedWarning } from "../../ui/desk/text-drafts.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { changeView } from "../library/index.ts";
import classes from "./categories.module.css";
import { copyOf, newAddress, newText, readText } from "./category-draft.ts";
import { RuleHelp } from "./rule-help.tsx";
import { RuleText } from "./rule-text.tsx";
import { TrialPanel } from "./trial-panel.tsx";

interface EditorProps {
  /** The category that is saved; null while a new one is written. */
  readonly view: CategoryView | null;
  readonly taken: readonly string[];
  /** What was typed and not saved. */
  readonly draft: string | undefined;
}

/** Address of a category's page. */
export const addressOf = (id: string): string => `/insights/categories/${encodeURIComponent(id)}`;

/** Writes the rule of a category, with what it finds beside it. Nothing typed is lost by leaving. */
export function CategoryEditor({ view, taken, draft }: EditorProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const key = view?.category.id ?? newAddress;
  const saved = view === null ? "" : writeCategory(view.category);
  const [text, setText] = useState(() => draft ?? (view === null ? newText(taken) : saved));
  const read = readText(text);
  const lastGood = useRef<Category | null>(null);
  if (read.category !== null) lastGood.current = read.category;
  const isChanged = text !== saved;
  useUnsavedWarning(isChanged);
  const reread = () => void memory.invalidateQueries({ queryKey: ["category.list"] });
  const save = useAct("category.save", reread, "inPlace");
  const remove = useAct("category.remove", reread, "inPlace");

  // Saved elsewhere, or by the switch, while nothing was typed here: the text follows.
  const shown = useRef(saved);
  useEffect(() => {
    if (text === shown.current) setText(saved);
    shown.current = saved;
  }, [saved, text]);

  const change = (next: string) => {
    setText(next);
    keepTextDraft("category", key, next === saved ? null : next);
  };
  const clash = read.category !== null && read.category.id !== view?.category.id && taken.includes(read.category.id);
  const store = () => {
    if (read.category === null || clash || !isChanged) return;
    const { category } = read;
    const isSame =
      view !== null &&
      category.id === view.category.id &&
      JSON.stringify(ruleIdentity(category)) === JSON.stringify(ruleIdentity(view.category));
    save.mutate(
      { category },
      {
        onSuccess: () => {
          keepTextDraft("category", key, null);
          tell(t(isSame ? "rules.savedSame" : "rules.saved"));
          const written = writeCategory(category);
          shown.current = written;
          setText(written);
          if (category.id !== view?.category.id) navigate(addressOf(category.id), { replace: true });
        },
      },
    );
  };
  useActions({ "writing.save": store });
  return (
    <div className={classes["editing"]}>
      <section className={classes["writing"]} aria-label={view?.category.name ?? t("rules.create")}>
        <header className={classes["editorHead"]}>
          <h2>{read.category?.name ?? view?.category.name ?? t("rules.create")}</h2>
          {view !== null && <span className={classes["quiet"]}>{t(`rules.origins.${view.origin}`)}</span>}
          {isChanged && <span className={classes["unsaved"]}>{t("rules.unsaved")}</span>}
        </header>
        <RuleText text={text} read={read} change={change} />
        {clash && <p className={classes["fault"]}>{t("rules.idTaken", { id: read.category.id })}</p>}
        {(save.isError || remove.isError) && <FailureNote live failure={save.error ?? remove.error} />}
        <div className={classes["buttons"]}>
          <Button disabled={read.category === null || clash || !isChanged} loading={save.isPending} onClick={store}>
            {t("rules.save")}
          </Button>
          {isChanged && view !== null && (
            <Button variant="default" onClick={() => change(saved)}>
              {t("rules.revert")}
            </Button>
          )}
          {view !== null && <Others view={view} taken={taken} remove={(id) => remove.mutate({ id })} />}
        </div>
        {view !== null && <Counts view={view} />}
        <RuleHelp />
      </section>
      <TrialPanel category={read.category ?? lastGood.current} isBroken={read.category === null} />
    </div>
  );
}

/** What can be done with a category beside writing it. */
function Others({ view, taken, remove }: { view: CategoryView; taken: readonly string[]; remove: (id: string) => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { category, origin, present, absent } = view;
  const reread = () => void memory.invalidateQueries({ queryKey: ["category.list"] });
  const put = useAct("category.save", reread);
  const copy = () => {
    const made = copyOf(category, taken);
    put.mutate({ category: made }, { onSuccess: () => navigate(addressOf(made.id)) });
  };
  const askRemove = () =>
    modals.openConfirmModal({
      title: t("rules.removeTitle", { name: category.name }),
      children: (
        <>
          <p>{t("rules.removeBody", { present, absent })}</p>
          {origin === "ready-made" && <p>{t("rules.removeReady")}</p>}
        </>
      ),
      labels: { confirm: t("rules.removeConfirm"), cancel: t("state.cancel") },
      confirmProps: { color: "red" },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => {
        keepTextDraft("category", category.id, null);
        remove(category.id);
      },
    });
  return (
    <>
      <Button variant="default" leftSection={<IconCopy size={14} aria-hidden="true" />} onClick={copy}>
        {t("rules.duplicate")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPower size={14} aria-hidden="true" />}
        onClick={() => put.mutate({ category: { ...category, enabled: !category.enabled } })}
      >
        {t(category.enabled ? "rules.turnOff" : "rules.turnOn")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden="true" />}
        onClick={() => saveFile(`${category.id}.yaml`, "application/yaml", writeRulesFile([category]))}
      >
        {t("rules.exportOne")}
      </Button>
      <Button variant="default" color="red" leftSection={<IconTrash size={14} aria-hidden="true" />} onClick={askRemove}>
        {t("rules.remove")}
      </Button>
    </>
  );
}

/** In how many conversations the saved rule is found and not found; each number opens them. */
function Counts({ view: { category, present, absent, unknown } }: { view: CategoryView }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const open = (search: string) => {
    changeView({ text: search, scrollTop: 0 });
    navigate("/");
  };
  return (
    <p className={classes["countsOf"]}>
      <button type="button" onClick={() => open(`category:${category.id}`)}>
        {t("rules.openPresent", { count: present })}
      </button>
      <button type="button" onClick={() => open(`lacks:${category.id}`)}>
        {t("rules.openAbsent", { count: absent })}
      </button>
      {unknown > 0 && <span className={classes["quiet"]}>{t("rules.unknown", { count: unknown })}</span>}
    </p>
  );
}
