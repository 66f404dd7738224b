import { Button, FileButton, Modal, Textarea } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { EarmarkError } from "../../app/contract/errors.ts";
import { useTranslation } from "../text/index.ts";
import classes from "./import-text.module.css";
import { tellFailure } from "./notices.tsx";
import { FailureNote } from "./states.tsx";

interface ImportTextProps<Taken> {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** What can be brought. */
  readonly body: string;
  readonly testId: string;
  /** Reads or takes in a text. Rejects with `format-malformed` and the place where the text itself is wrong. */
  readonly take: (text: string) => Promise<Taken>;
  /** What came of it, and what can be done now; `again` goes back to the text. */
  readonly report: (taken: Taken, again: () => void) => ReactNode;
}

/** Asks for a file or for what was copied, takes it in, and tells what of it could not be carried over. */
export function ImportText<Taken>(props: ImportTextProps<Taken>) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={props.title}
      size="lg"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      {props.opened && <Body {...props} />}
    </Modal>
  );
}

function Body<Taken>({ body, testId, take, report, close }: ImportTextProps<Taken>) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const reset = useRef<() => void>(null);
  const taking = useMutation({ mutationFn: take });
  const choose = (file: File | null) => {
    reset.current?.();
    file?.text().then((content) => {
      setText(content);
      taking.mutate(content);
    }, tellFailure);
  };
  if (taking.data !== undefined) return report(taking.data, taking.reset);
  return (
    <div className={classes["stack"]}>
      <p className={classes["quiet"]}>{body}</p>
      <div>
        <FileButton
          accept=".yaml,.yml,.json"
          resetRef={reset}
          inputProps={{ "aria-label": t("importText.file"), "data-testid": testId } as object}
          onChange={choose}
        >
          {(button) => (
            <Button variant="default" leftSection={<IconFileText size={14} aria-hidden="true" />} {...button}>
              {t("importText.file")}
            </Button>
          )}
        </FileButton>
      </div>
      <Textarea
        data-autofocus
        label={t("importText.text")}
        rows={8}
        value={text}
        spellCheck={false}
        classNames={{ input: classes["pasted"] ?? "" }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {taking.error !== null && <Refused failure={taking.error} />}
      <div className={classes["buttons"]}>
        <Button disabled={text.trim() === ""} loading={taking.isPending} onClick={() => taking.mutate(text)}>
          {t("importText.take")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("state.cancel")}
        </Button>
      </div>
    </div>
  );
}

/** Why a text cannot be taken in: the place and the remedy, where the text itself is wrong. */
function Refused({ failure }: { failure: Error }) {
  const { t } = useTranslation();
  if (!(failure instanceof EarmarkError) || failure.code !== "format-malformed") return <FailureNote live failure={failure} />;
  return (
    <div role="alert" className={classes["fault"]}>
      <p>{failure.message}</p>
      <p>{t("importText.fault")}</p>
    </div>
  );
}

/** What came of an import: the words for it, what could not be carried over, and what can be done now. */
export function ImportedText({
  notes,
  buttons,
  children,
}: {
  notes: readonly string[];
  buttons: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className={classes["stack"]} data-testid="import-report">
      {children}
      {notes.length === 0 ? (
        <p className={classes["quiet"]}>{t("importText.nothingLost")}</p>
      ) : (
        <>
          <p>{t("importText.notes")}</p>
          <ul className={classes["notes"]}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
      <div className={classes["buttons"]}>{buttons}</div>
    </div>
  );
}
