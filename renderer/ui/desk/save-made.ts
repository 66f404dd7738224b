import { useState } from "react";
import { mediaUrl } from "../../bridge/index.ts";
import { tellFailure } from "../notices.tsx";
import { saveFrom } from "./save-file.ts";

/**
 * Has the backend make a file and saves it. A failure is told, and whoever asked can ask again; `saved` hears the name of what was
 * saved.
 */
export function useSaveMade(saved: (fileName: string) => void): {
  readonly saving: boolean;
  readonly save: (make: () => Promise<{ readonly mediaId: string; readonly fileName: string }>) => Promise<void>;
} {
  const [saving, setSaving] = useState(false);
  return {
    saving,
    async save(make) {
      setSaving(true);
      try {
        const { mediaId, fileName } = await make();
        saveFrom(mediaUrl(mediaId), fileName);
        saved(fileName);
      } catch (thrown) {
        tellFailure(thrown);
      } finally {
        setSaving(false);
      }
    },
  };
}
