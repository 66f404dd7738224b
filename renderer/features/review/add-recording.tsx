import { Button, FileButton } from "@mantine/core";
import { IconFileMusic } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { call, importSource } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./panel.module.css";

/** Adds its recording to a conversation that came as a transcript. */
export function AddRecording({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const reset = useRef<() => void>(null);
  const [adding, setAdding] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const add = async (file: File | null) => {
    reset.current?.();
    if (file === null) return;
    setAdding(true);
    setFailure(null);
    try {
      await call("conversation.addRecording", { id: conversationId, source: await importSource(file) });
      tell(t("importing.recording.added"));
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setAdding(false);
    }
  };
  return (
    <>
      <p className={classes["quiet"]}>{t("importing.recording.lacks")}</p>
      <FileButton
        accept="audio/*,video/*"
        resetRef={reset}
        inputProps={{ "aria-label": t("importing.recording.add"), "data-testid": "add-recording" } as object}
        onChange={(file) => void add(file)}
      >
        {(props) => (
          <Button
            variant="default"
            loading={adding}
            leftSection={<IconFileMusic size={14} aria-hidden="true" />}
            aria-label={adding ? t("importing.recording.adding") : t("importing.recording.add")}
            {...props}
          >
            {t("importing.recording.add")}
          </Button>
        )}
      </FileButton>
      {failure !== null && <FailureNote live compact failure={failure} />}
    </>
  );
}
