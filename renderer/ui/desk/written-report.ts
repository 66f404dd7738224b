import { useEffect, useRef, useState } from "react";
import { call, mediaUrl, on } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../notices.tsx";
import { asFailure } from "../states.tsx";
import { saveFrom } from "./save-file.ts";

/**
 * Has the backend write a report of many conversations and saves it. `done` is how many it is through with, null while it writes
 * nothing; it is given up by `stop`, and when whoever asked goes away.
 */
export function useWrittenReport(saved: () => void): {
  readonly done: number | null;
  readonly write: (make: () => Promise<{ readonly mediaId: string; readonly fileName: string }>) => Promise<void>;
  readonly stop: () => void;
} {
  const { t } = useTranslation();
  const [done, setDone] = useState<number | null>(null);
  const isWriting = useRef(false);
  useEffect(() => on("report.writing", (told) => setDone((before) => (before === null ? null : told.done))), []);
  const stop = () => void call("report.stop", {}).catch(tellFailure);
  useEffect(
    () => () => {
      if (isWriting.current) call("report.stop", {}).catch(() => undefined);
    },
    [],
  );
  const write = async (make: () => Promise<{ readonly mediaId: string; readonly fileName: string }>): Promise<void> => {
    isWriting.current = true;
    setDone(0);
    try {
      const { mediaId, fileName } = await make();
      saveFrom(mediaUrl(mediaId), fileName);
      tell(t("report.saved", { name: fileName }));
      saved();
    } catch (thrown) {
      if (asFailure(thrown).code === "cancelled") tell(t("report.bulk.cancelled"));
      else tellFailure(thrown);
    } finally {
      isWriting.current = false;
      setDone(null);
    }
  };
  return { done, write, stop };
}
