import { useState } from "react";
import { type ImportNoteView, importNoteSchema } from "../../app/contract/import-views.ts";
import { useCall } from "../bridge/index.ts";
import { useTranslation } from "../text/index.ts";
import classes from "./import-report.module.css";
import { FailureNote } from "./states.tsx";

const levels = importNoteSchema.shape.level.options;

/** What became of the parts of the file that a conversation came from: kept, converted, left out, and where each stood. */
export function ImportReport({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const { data, error } = useCall("import.report", { conversationId });
  if (error !== null) return <FailureNote compact failure={error} />;
  if (data === undefined) return <p className={classes["quiet"]}>{t("importing.reading")}</p>;
  if (data.report === null) return <p className={classes["quiet"]}>{t("importing.none")}</p>;
  const { format, participants, turns, words, notes } = data.report;
  return (
    <div className={classes["report"]} data-testid="import-report">
      <p>
        {format}
        {turns > 0 &&
          `: ${t("importing.participants", { count: participants })}, ${t("importing.turns", { count: turns })}, ${t("importing.words", { count: words })}`}
      </p>
      {notes.length === 0 && <p className={classes["quiet"]}>{t("importing.allTaken")}</p>}
      {levels.map((level) => (
        <Notes key={level} level={level} notes={notes.filter((note) => note.level === level)} />
      ))}
    </div>
  );
}

function Notes({ level, notes }: { level: ImportNoteView["level"]; notes: readonly ImportNoteView[] }) {
  const { t } = useTranslation();
  if (notes.length === 0) return null;
  return (
    <section aria-label={t(`importing.${level}`)}>
      <p className={classes["level"]}>{t(`importing.${level}`)}</p>
      <ul>
        {notes.map(({ what, where }) => (
          <li key={`${where} ${what}`}>
            {what} <code>{where}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The same, folded away until somebody asks. */
export function FoldedReport({ conversationId, title }: { conversationId: string; title: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className={classes["folded"]} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={t("importing.reportOf", { title })}>{t("importing.report")}</summary>
      {open && <ImportReport conversationId={conversationId} />}
    </details>
  );
}
