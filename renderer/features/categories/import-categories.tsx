import { Button, FileButton, Modal } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Category } from "../../../app/insight/rules.ts";
import { type RulesFile, readRulesFile } from "../../../app/insight/rules-file.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import { asFailure, FailureNote } from "../../ui/states.tsx";
import classes from "./categories.module.css";

interface Chosen {
  readonly name: string;
  readonly text: string;
  readonly read: RulesFile | null;
  readonly failure: unknown;
}

/** Takes in a file of rules: shows first what of it is understood, what it would replace, and what is wrong in which line. */
export function ImportCategories({ known }: { known: readonly Category[] }) {
  const { t } = useTranslation();
  const reset = useRef<() => void>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const choose = (file: File | null) => {
    reset.current?.();
    if (file === null) return;
    file.text().then((text) => {
      try {
        setChosen({ name: file.name, text, read: readRulesFile(text), failure: null });
      } catch (failure) {
        setChosen({ name: file.name, text, read: null, failure });
      }
    }, tellFailure);
  };
  return (
    <>
      <FileButton
        accept=".yaml,.yml,.json"
        resetRef={reset}
        inputProps={{ "aria-label": t("rules.import"), "data-testid": "import-categories" } as object}
        onChange={choose}
      >
        {(props) => (
          <Button variant="default" size="xs" leftSection={<IconUpload size={14} aria-hidden="true" />} {...props}>
            {t("rules.import")}
          </Button>
        )}
      </FileButton>
      <Modal
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        title={t("rules.importTitle")}
        size="lg"
        closeButtonProps={{ "aria-label": t("state.close") }}
      >
        {chosen !== null && <Report chosen={chosen} known={known} close={() => setChosen(null)} />}
      </Modal>
    </>
  );
}

function Report({ chosen, known, close }: { chosen: Chosen; known: readonly Category[]; close: () => void }) {
  const { t } = useTranslation();
  const take = useAct(
    "category.import",
    ({ ids }) => {
      void memory.invalidateQueries({ queryKey: ["category.list"] });
      tell(t("rules.imported", { count: ids.length }));
      close();
    },
    "inPlace",
  );
  const { read, name } = chosen;
  if (read === null) {
    return (
      <div className={classes["report"]}>
        <p className={classes["fault"]} role="alert">
          <strong>{name}</strong>: {asFailure(chosen.failure).message}
        </p>
        <p>{t("rules.importFault")}</p>
      </div>
    );
  }
  const state = (category: Category): string => {
    const before = known.find(({ id }) => id === category.id);
    if (before === undefined) return t("rules.importNew");
    return t(JSON.stringify(before) === JSON.stringify(category) ? "rules.importSame" : "rules.importReplaces");
  };
  const { categories, format, notes } = read;
  return (
    <div className={classes["report"]}>
      <p>
        <strong>{name}</strong>: {t("rules.importRead", { count: categories.length, format: t(`rules.importFormats.${format}`) })}
      </p>
      <ul className={classes["reported"]}>
        {categories.map((category) => (
          <li key={category.id}>
            <span>{category.name}</span> <code>{category.id}</code>
            <span className={classes["quiet"]}>{state(category)}</span>
          </li>
        ))}
      </ul>
      {notes.length === 0 ? (
        <p className={classes["quiet"]}>{t("rules.importNothingLost")}</p>
      ) : (
        <>
          <p>{t("rules.importNotes")}</p>
          <ul className={classes["notes"]}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
      {take.isError && <FailureNote live failure={take.error} />}
      <div className={classes["buttons"]}>
        <Button data-autofocus loading={take.isPending} onClick={() => take.mutate({ text: chosen.text })}>
          {t("rules.importConfirm", { count: categories.length })}
        </Button>
        <Button variant="default" onClick={close}>
          {t("state.cancel")}
        </Button>
      </div>
    </div>
  );
}
