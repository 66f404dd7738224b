import { Button, FileButton, Modal, Textarea } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { CallOutput } from "../../../app/contract/api.ts";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { call, memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tellFailure } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./checklist-list.module.css";
import { addressOf } from "./new-checklist.ts";

interface ImportProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly known: readonly ChecklistView[];
}

interface Taken extends CallOutput<"checklist.import"> {
  readonly title: string;
  /** There was a checklist with this id before. */
  readonly wasKnown: boolean;
}

/** Takes in a checklist from a file or from what was copied, and tells what of it could not be carried over. */
export function ImportChecklist({ opened, close, known }: ImportProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("checklists.importing.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      {opened && <ImportBody close={close} known={known} />}
    </Modal>
  );
}

function ImportBody({ close, known }: Omit<ImportProps, "opened">) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [taken, setTaken] = useState<Taken | null>(null);
  const reset = useRef<() => void>(null);
  const before = useRef<ReadonlySet<string>>(new Set());
  const take = useAct(
    "checklist.import",
    (done) => {
      void memory.invalidateQueries({ queryKey: ["checklist.list"] });
      void memory.invalidateQueries({ queryKey: ["checklist.get"] });
      const wasKnown = before.current.has(done.id);
      call("checklist.get", { id: done.id })
        .then(({ checklist }) => setTaken({ ...done, title: checklist.title, wasKnown }))
        .catch(tellFailure);
    },
    "inPlace",
  );
  const begin = (content: string) => {
    before.current = new Set(known.map(({ id }) => id));
    setTaken(null);
    take.mutate({ text: content });
  };
  const choose = (file: File | null) => {
    reset.current?.();
    file?.text().then((content) => {
      setText(content);
      begin(content);
    }, tellFailure);
  };
  if (taken !== null) return <Report taken={taken} close={close} again={() => setTaken(null)} />;
  return (
    <div className={classes["said"]}>
      <p className={classes["quiet"]}>{t("checklists.importing.body")}</p>
      <div>
        <FileButton
          accept=".yaml,.yml,.json"
          resetRef={reset}
          inputProps={{ "aria-label": t("checklists.importing.file"), "data-testid": "import-checklist" } as object}
          onChange={choose}
        >
          {(props) => (
            <Button variant="default" leftSection={<IconFileText size={14} aria-hidden="true" />} {...props}>
              {t("checklists.importing.file")}
            </Button>
          )}
        </FileButton>
      </div>
      <Textarea
        data-autofocus
        label={t("checklists.importing.text")}
        rows={8}
        value={text}
        spellCheck={false}
        classNames={{ input: classes["pasted"] ?? "" }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {take.isError && <Refused failure={take.error} />}
      <div className={classes["buttons"]}>
        <Button disabled={text.trim() === ""} loading={take.isPending} onClick={() => begin(text)}>
          {t("checklists.importing.take")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("state.cancel")}
        </Button>
      </div>
    </div>
  );
}

/** Why a text cannot be taken in: the line and the remedy, where the text itself is wrong. */
function Refused({ failure }: { failure: Error }) {
  const { t } = useTranslation();
  if (!(failure instanceof EarmarkError) || failure.code !== "format-malformed") return <FailureNote live failure={failure} />;
  return (
    <div role="alert" className={classes["fault"]}>
      <p>{failure.message}</p>
      <p>{t("checklists.importing.fault")}</p>
    </div>
  );
}

function Report({ taken, close, again }: { taken: Taken; close: () => void; again: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { id, title, version, format, notes, wasKnown } = taken;
  const next = useRef<HTMLButtonElement>(null);
  // The field that had the focus is gone.
  useEffect(() => next.current?.focus(), []);
  return (
    <div className={classes["said"]} data-testid="import-report">
      <p role="status">
        {t("checklists.importing.done", { format: t(`checklists.importing.formats.${format}`), title, version })}
      </p>
      {wasKnown && <p>{t("checklists.importing.again", { version })}</p>}
      {notes.length === 0 ? (
        <p className={classes["quiet"]}>{t("checklists.importing.nothingLost")}</p>
      ) : (
        <>
          <p>{t("checklists.importing.notes")}</p>
          <ul className={classes["notes"]}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
      <div className={classes["buttons"]}>
        <Button
          ref={next}
          onClick={() => {
            close();
            navigate(addressOf(id));
          }}
        >
          {t("checklists.importing.open")}
        </Button>
        <Button variant="default" onClick={again}>
          {t("checklists.importing.another")}
        </Button>
      </div>
    </div>
  );
}
