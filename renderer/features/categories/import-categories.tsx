import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Category } from "../../../app/insight/rules.ts";
import { type RulesFile, readRulesFile } from "../../../app/insight/rules-file.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { ImportedText, ImportText } from "../../ui/import-text.tsx";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./categories.module.css";

interface ImportProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly known: readonly Category[];
}

interface Read extends RulesFile {
  readonly text: string;
}

/** Takes in rules from a file or from what was copied: shows first what is understood and what it would replace. */
export function ImportCategories({ opened, close, known }: ImportProps) {
  const { t } = useTranslation();
  return (
    <ImportText
      opened={opened}
      close={close}
      title={t("rules.importTitle")}
      body={t("rules.importBody")}
      testId="import-categories"
      take={async (text): Promise<Read> => ({ ...readRulesFile(text), text })}
      report={(read, again) => <Report read={read} known={known} close={close} again={again} />}
    />
  );
}

function Report({ read, known, close, again }: Omit<ImportProps, "opened"> & { read: Read; again: () => void }) {
  const { t } = useTranslation();
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), []);
  const take = useAct(
    "category.import",
    ({ ids }) => {
      void memory.invalidateQueries({ queryKey: ["category.list"] });
      tell(t("rules.imported", { count: ids.length }));
      close();
    },
    "inPlace",
  );
  const state = (category: Category): string => {
    const before = known.find(({ id }) => id === category.id);
    if (before === undefined) return t("rules.importNew");
    return t(JSON.stringify(before) === JSON.stringify(category) ? "rules.importSame" : "rules.importReplaces");
  };
  const { categories, format, notes, text } = read;
  return (
    <ImportedText
      notes={notes}
      buttons={
        <>
          <Button ref={next} loading={take.isPending} onClick={() => take.mutate({ text })}>
            {t("rules.importConfirm", { count: categories.length })}
          </Button>
          <Button variant="default" onClick={again}>
            {t("state.cancel")}
          </Button>
        </>
      }
    >
      <p role="status">{t("rules.importRead", { count: categories.length, format: t(`rules.importFormats.${format}`) })}</p>
      <ul className={classes["reported"]}>
        {categories.map((category) => (
          <li key={category.id}>
            <span>{category.name}</span> <code>{category.id}</code>
            <span className={classes["quiet"]}>{state(category)}</span>
          </li>
        ))}
      </ul>
      {take.isError && <FailureNote live failure={take.error} />}
    </ImportedText>
  );
}
