import { useId, useMemo, useRef } from "react";
import { useTranslation } from "../../text/index.ts";
import { chordLabel, useChords } from "../../ui/actions/index.ts";
import { CodeField, type CodeHandle } from "../../ui/code/code-field.tsx";
import classes from "./categories.module.css";
import type { ReadText } from "./category-draft.ts";

interface RuleTextProps {
  readonly text: string;
  readonly read: ReadText;
  readonly change: (text: string) => void;
}

/** The YAML of a category; the line that is wrong is marked, and said below. */
export function RuleText({ text, read: { fault, sentence }, change }: RuleTextProps) {
  const { t } = useTranslation();
  const field = useRef<CodeHandle>(null);
  const id = useId();
  const [saveChord = ""] = useChords("writing.save");
  const line = fault?.line;
  const message = fault?.message;
  const faults = useMemo(() => (line === undefined || message === undefined ? [] : [{ line, message }]), [line, message]);
  return (
    <div className={classes["ruleText"]}>
      <span aria-hidden="true">{t("rules.text")}</span>
      <div className={classes["editor"]}>
        <CodeField
          text={text}
          language="yaml"
          label={t("rules.text")}
          describedBy={`${id}-fault ${id}-help`}
          faults={faults}
          change={change}
          handle={field}
        />
      </div>
      <p id={`${id}-help`} className={classes["quiet"]}>
        {t("rules.textHelp", { save: chordLabel(saveChord).join("+") })}
      </p>
      <div id={`${id}-fault`} role="status">
        {fault === null ? (
          <p className={classes["sentence"]}>{t("rules.sentence", { sentence })}</p>
        ) : (
          <p className={classes["fault"]}>
            <button type="button" onClick={() => field.current?.goTo(fault.line, 1)}>
              {t("rules.line", { line: fault.line })}
            </button>
            {": "}
            {fault.message}
          </p>
        )}
      </div>
    </div>
  );
}
