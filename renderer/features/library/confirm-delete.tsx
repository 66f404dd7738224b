import { modals } from "@mantine/modals";
import type { Deletion } from "../../../app/contract/library-views.ts";
import { call, memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import { size, span } from "../../ui/time.ts";
import classes from "./finding.module.css";

/** Asks before conversations are deleted, showing what goes with them; `after` runs when they are gone. */
export function useConfirmDelete(): (ids: readonly string[], after?: () => void) => void {
  const { t } = useTranslation();
  const remove = useAct("conversation.delete");
  const ask = async (ids: readonly string[], after?: () => void) => {
    const count = ids.length;
    const deletion = await call("library.deletion", { ids: [...ids] });
    modals.openConfirmModal({
      title: t("library.deleteTitle", { count }),
      children: <WhatGoes deletion={deletion} />,
      labels: { confirm: t("library.deleteConfirm"), cancel: t("state.cancel") },
      confirmProps: { color: "red.8" },
      cancelProps: { "data-autofocus": true },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => {
        // What asked may have left the page by the time it is done: its own callbacks would not be heard then.
        remove.mutateAsync({ ids: [...ids] }).then(
          () => {
            for (const name of ["library.list", "queue.list", "app.state", "review.mine"] as const) {
              void memory.invalidateQueries({ queryKey: [name] });
            }
            tell(t("library.deleted", { count }));
            after?.();
          },
          () => undefined,
        );
      },
    });
  };
  return (ids, after) => void ask(ids, after).catch(tellFailure);
}

function WhatGoes({ deletion }: { deletion: Deletion }) {
  const { t } = useTranslation();
  const { titles, conversations, calls, durationMs, originalBytes } = deletion;
  const bytes = size(originalBytes);
  const counted = (["corrections", "comments", "bookmarks", "reviews", "inWork"] as const).filter((what) => deletion[what] > 0);
  return (
    <div className={classes["whatGoes"]}>
      <ul>
        {titles.map((title) => (
          <li key={title}>{title}</li>
        ))}
        {conversations > titles.length && <li>{t("finding.deletion.more", { count: conversations - titles.length })}</li>}
      </ul>
      <p>
        {calls > 0
          ? t("finding.deletion.recordings", { calls, time: span(durationMs), bytes })
          : t("finding.deletion.chats", { bytes })}
      </p>
      <p>{t("finding.deletion.with")}</p>
      <ul>
        <li>{t("finding.deletion.transcripts")}</li>
        {counted.map((what) => (
          <li key={what}>{t(`finding.deletion.${what}`, { count: deletion[what] })}</li>
        ))}
      </ul>
      <p>{t("finding.deletion.stays")}</p>
    </div>
  );
}
