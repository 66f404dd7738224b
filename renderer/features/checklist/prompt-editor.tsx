import { Button, Tabs } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowLeft } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import type { FormFault } from "../../../app/conformity/form-faults.ts";
import type { PromptKind } from "../../../app/conformity/writing/prompt.ts";
import type { CallOutput } from "../../../app/contract/api.ts";
import type { PromptView } from "../../../app/contract/writing-views.ts";
import { memory, queryOf, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel, useActions, useChords } from "../../ui/actions/index.ts";
import { CodeField, type CodeHandle } from "../../ui/code/code-field.tsx";
import { useKept } from "../../ui/desk/kept-place.ts";
import { keepTextDraft, useUnsavedWarning } from "../../ui/desk/text-drafts.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./checklist-editor.module.css";
import { FaultsList } from "./faults-list.tsx";
import { newPromptAddress, newPromptText, newWorkflowText, promptAddress } from "./new-prompt.ts";
import { promptCompletionsAt } from "./prompt-completion.ts";
import { EnablePrompt } from "./prompt-list.tsx";
import { PromptTrial } from "./prompt-trial.tsx";
import { VersionsPanel } from "./versions-panel.tsx";

const panels = ["try", "versions"] as const;

/** Time in which somebody goes on typing before the text is read, in milliseconds. */
const typingMs = 250;

interface PromptEditorProps {
  readonly kind: PromptKind;
  /** What is saved; null while a new one is written. */
  readonly found: CallOutput<"prompt.get"> | null;
  readonly prompts: readonly PromptView[];
  /** What was typed and not saved. */
  readonly draft: string | undefined;
}

/** Writes a prompt or a workflow, with a conversation to try it on beside the text. Nothing typed is lost by leaving. */
export function PromptEditor(props: PromptEditorProps) {
  const { t } = useTranslation();
  const { found, prompts } = props;
  const [panel, setPanel] = useKept<(typeof panels)[number]>("prompts.panel", "try", panels);
  const field = useRef<CodeHandle>(null);
  const writing = useWriting(props, (fault) => field.current?.goTo(fault.line, fault.column));
  const { text, change, saved, check, checking, faults, clash, store, save } = writing;
  const [saveChord = ""] = useChords("writing.save");
  const ids = useMemo(() => prompts.flatMap(({ kind, id }) => (kind === "prompt" ? [id] : [])), [prompts]);
  const view = prompts.find(({ kind, id }) => kind === found?.prompt.kind && id === found.prompt.id) ?? found?.prompt ?? null;
  const isChanged = text !== saved;
  const named = check.data?.named ?? null;
  const kindText = t(`prompts.kinds.${check.data?.kind ?? props.kind}`);
  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <Link href="/prompts" className={classes["back"] ?? ""}>
          <IconArrowLeft size={14} aria-hidden="true" /> {t("prompts.all")}
        </Link>
        <h1>{named?.title ?? view?.title ?? t(props.kind === "prompt" ? "prompts.create" : "prompts.createWorkflow")}</h1>
        {view !== null && (
          <span className={classes["quiet"]}>
            {t(`prompts.origins.${view.origin}`)}, {t("checklists.version", { version: view.version })}
          </span>
        )}
        {isChanged && <span className={classes["unsaved"]}>{t("checklists.unsaved")}</span>}
        <span className={classes["gap"]} />
        {view !== null && <EnablePrompt view={view} />}
        {isChanged && view !== null && (
          <Button variant="default" onClick={() => change(saved)}>
            {t("prompts.revert")}
          </Button>
        )}
        <Button
          disabled={!isChanged || clash || (faults.length > 0 && !checking)}
          loading={save.isPending}
          onClick={() => void store()}
        >
          {t("prompts.save")}
        </Button>
      </header>
      <div className={classes["body"]}>
        <section className={classes["writing"]} aria-label={t("prompts.text")}>
          <CodeField
            text={text}
            language="yaml"
            label={t("prompts.text")}
            describedBy="prompt-text-help"
            faults={faults}
            complete={(before) => promptCompletionsAt(before, ids)}
            change={change}
            handle={field}
          />
          {check.isError && <FailureNote compact live failure={check.error} />}
          {save.isError && <FailureNote live failure={save.error} />}
          {clash && named !== null && (
            <p className={classes["clash"]}>{t("prompts.idTaken", { id: named.id, kind: kindText.toLowerCase() })}</p>
          )}
          {!clash && named !== null && view !== null && named.id !== view.id && (
            <p className={classes["clash"]}>{t("prompts.idNew", { title: view.title })}</p>
          )}
          <FaultsList
            faults={faults}
            good={named === null ? null : t("prompts.good", { kind: kindText, title: named.title })}
            checking={checking}
            go={(fault) => field.current?.goTo(fault.line, fault.column)}
          />
          <p id="prompt-text-help" className={classes["help"]}>
            {t("prompts.help", {
              completion: chordLabel("Mod+Space").join("+"),
              fault: "F8",
              save: chordLabel(saveChord).join("+"),
            })}
          </p>
        </section>
        <Tabs
          className={classes["besides"] ?? ""}
          value={panel}
          onChange={(value) => setPanel(panels.find((each) => each === value) ?? "try")}
        >
          <Tabs.List aria-label={t("prompts.besides")}>
            {panels.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t(`prompts.panels.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="try" className={classes["beside"] ?? ""}>
            {panel === "try" && <PromptTrial text={text} isBroken={named === null || checking} />}
          </Tabs.Panel>
          <Tabs.Panel value="versions" className={classes["beside"] ?? ""}>
            {panel === "versions" && <VersionsPanel of={view} versions={found?.versions ?? []} text={text} bringBack={change} />}
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  );
}

/** The text as it is being written: read while somebody types, kept as a draft, and saved. */
function useWriting({ kind, found, prompts, draft }: PromptEditorProps, go: (fault: FormFault) => void) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const view = found?.prompt ?? null;
  const saved = found?.text ?? "";
  const key = `${kind} ${view?.id ?? newPromptAddress}`;
  const [text, setText] = useState(
    () => draft ?? (found === null ? begun(kind, prompts, t("prompts.template", { returnObjects: true })) : saved),
  );
  const [asked] = useDebouncedValue(text, typingMs);
  const check = useCall("prompt.check", { text: asked }, { keep: true });
  const checking = asked !== text || check.isPlaceholderData || (check.data === undefined && !check.isError);
  const faults = check.data?.faults ?? [];
  const save = useAct("prompt.save", undefined, "inPlace");
  const isChanged = text !== saved;
  useUnsavedWarning(isChanged);
  const change = (next: string) => {
    setText(next);
    keepTextDraft("prompt", key, next === saved ? null : next);
  };
  const named = check.data?.named ?? null;
  const clash =
    named !== null && named.id !== view?.id && prompts.some((one) => one.kind === check.data?.kind && one.id === named.id);
  const store = async (): Promise<void> => {
    if (document.querySelector('[role="dialog"]') !== null || save.isPending || !isChanged || clash) return;
    const [first] = faults;
    if (first !== undefined && !checking) return go(first);
    const kept = await save.mutateAsync({ text }).catch(() => null);
    if (kept === null) return;
    keepTextDraft("prompt", key, null);
    void memory.invalidateQueries({ queryKey: ["prompt.list"] });
    await memory.invalidateQueries({ queryKey: ["prompt.get"] });
    const isSame = kept.id === view?.id && kept.version === view.version;
    tell(t(isSame ? "prompts.savedSame" : "prompts.saved", { version: kept.version }));
    const after = await memory.fetchQuery(queryOf("prompt.get", { kind: kept.kind, id: kept.id }));
    // What was typed meanwhile stays.
    setText((now) => (now === text ? after.text : now));
    if (kept.id !== view?.id || kept.kind !== kind) navigate(promptAddress(kept.kind, kept.id), { replace: true });
  };
  useActions({ "writing.save": () => void store() });
  return { text, change, saved, check, checking, faults, clash, store, save };
}

interface Template {
  readonly prompt: { readonly title: string; readonly text: string; readonly about: string };
  readonly workflow: { readonly title: string };
}

function begun(kind: PromptKind, prompts: readonly PromptView[], words: Template): string {
  const taken = prompts.flatMap((one) => (one.kind === kind ? [one.id] : []));
  if (kind === "prompt") return newPromptText(taken, words.prompt);
  const named = prompts.flatMap(({ use, id }) => (use === "insight" ? [id] : []));
  return newWorkflowText(taken, words.workflow.title, named);
}
