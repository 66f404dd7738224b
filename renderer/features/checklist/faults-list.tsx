import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { FormFault } from "../../../app/conformity/form-faults.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./checklist-editor.module.css";

/** Mistakes that are listed: the first ones are mended first. */
const mostShown = 20;

/** What is wrong with the text, each with its line and what to do; a press goes there. */
export function FaultsList({
  faults,
  good,
  checking,
  go,
}: {
  faults: readonly FormFault[];
  /** What it is where nothing is wrong; null while it cannot be read. */
  good: string | null;
  checking: boolean;
  go: (fault: FormFault) => void;
}) {
  const { t } = useTranslation();
  const rest = faults.length - mostShown;
  return (
    <section className={classes["faults"]} aria-label={t("checklists.faultsList")} data-testid="form-faults">
      <p role="status" data-wrong={faults.length > 0 || undefined}>
        {faults.length > 0 ? (
          <>
            <IconAlertTriangle size={14} aria-hidden="true" /> {t("checklists.faults", { count: faults.length })}
          </>
        ) : good === null || checking ? (
          t("checklists.checking")
        ) : (
          <>
            <IconCircleCheck size={14} aria-hidden="true" /> {good}
          </>
        )}
      </p>
      {faults.length > 0 && (
        <ul>
          {faults.slice(0, mostShown).map((fault) => (
            <li key={`${fault.line} ${fault.column} ${fault.path} ${fault.message}`}>
              <button type="button" onClick={() => go(fault)}>
                <strong className="numeric">{t("checklists.line", { line: fault.line })}</strong>
                <span>
                  {fault.path !== "" && <code>{fault.path}</code>} {fault.message} <em>{fault.remedy}</em>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {rest > 0 && <p>{t("checklists.moreFaults", { count: rest })}</p>}
    </section>
  );
}
