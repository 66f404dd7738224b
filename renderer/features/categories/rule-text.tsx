import { useId, useRef } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./categories.module.css";
import type { ReadText } from "./category-draft.ts";

interface RuleTextProps {
  readonly text: string;
  readonly read: ReadText;
  readonly change: (text: string) => void;
  readonly save: () => void;
}

const indent = "  ";

/** The YAML of a category with the numbers of its lines; the one that is wrong is marked, and said below. */
export function RuleText({ text, read, change, save }: RuleTextProps) {
  const { t } = useTranslation();
  const gutter = useRef<HTMLOListElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  // After Escape the Tab key leaves the text, as in every editor that takes it for indenting.
  const leaves = useRef(false);
  const lines = text.split("\n").length;
  const { fault } = read;
  const goToFault = () => {
    const element = box.current;
    if (fault === null || element === null) return;
    const before = text.split("\n").slice(0, fault.line - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0);
    element.focus();
    element.setSelectionRange(at, at + (text.split("\n")[fault.line - 1]?.length ?? 0));
  };
  return (
    <div className={classes["ruleText"]}>
      <label htmlFor={id}>{t("rules.text")}</label>
      <div className={classes["editor"]} data-wrong={fault === null ? undefined : true}>
        <ol ref={gutter} className={classes["gutter"]} aria-hidden="true">
          {Array.from({ length: lines }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <li key={index} data-wrong={fault?.line === index + 1 || undefined}>
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={box}
          id={id}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={text}
          aria-invalid={fault !== null}
          aria-describedby={`${id}-fault ${id}-help`}
          onChange={(event) => change(event.currentTarget.value)}
          onScroll={(event) => {
            if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onBlur={() => {
            leaves.current = false;
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") leaves.current = true;
            else if (event.key === "Tab" && !event.shiftKey && !leaves.current && !event.ctrlKey && !event.altKey) {
              event.preventDefault();
              // As if typed, so that the browser's own undo takes it back too.
              document.execCommand("insertText", false, indent);
            } else if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              save();
            }
          }}
        />
      </div>
      <p id={`${id}-help`} className={classes["quiet"]}>
        {t("rules.textHelp")}
      </p>
      <div id={`${id}-fault`} role="status">
        {fault === null ? (
          <p className={classes["sentence"]}>{t("rules.sentence", { sentence: read.sentence })}</p>
        ) : (
          <p className={classes["fault"]}>
            <button type="button" onClick={goToFault}>
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
