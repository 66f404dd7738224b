import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import type { CallOutput } from "../../../app/contract/api.ts";
import type { ChecklistView } from "../../../app/contract/conformity-views.ts";
import { call, memory } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { ImportedText, ImportText } from "../../ui/import-text.tsx";
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
  const take = async (text: string): Promise<Taken> => {
    const before = new Set(known.map(({ id }) => id));
    const done = await call("checklist.import", { text });
    void memory.invalidateQueries({ queryKey: ["checklist.list"] });
    void memory.invalidateQueries({ queryKey: ["checklist.get"] });
    const { checklist } = await call("checklist.get", { id: done.id });
    return { ...done, title: checklist.title, wasKnown: before.has(done.id) };
  };
  return (
    <ImportText
      opened={opened}
      close={close}
      title={t("checklists.importing.title")}
      body={t("checklists.importing.body")}
      testId="import-checklist"
      take={take}
      report={(taken, again) => <Report taken={taken} close={close} again={again} />}
    />
  );
}

function Report({ taken, close, again }: { taken: Taken; close: () => void; again: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { id, title, version, format, notes, wasKnown } = taken;
  const next = useRef<HTMLButtonElement>(null);
  // The field that had the focus is gone.
  useEffect(() => next.current?.focus(), []);
  const open = () => {
    close();
    navigate(addressOf(id));
  };
  return (
    <ImportedText
      notes={notes}
      buttons={
        <>
          <Button ref={next} onClick={open}>
            {t("checklists.importing.open")}
          </Button>
          <Button variant="default" onClick={again}>
            {t("checklists.importing.another")}
          </Button>
        </>
      }
    >
      <p role="status">
        {t("checklists.importing.done", { format: t(`checklists.importing.formats.${format}`), title, version })}
      </p>
      {wasKnown && <p>{t("checklists.importing.again", { version })}</p>}
    </ImportedText>
  );
}
