import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";

/** Asks before conversations are deleted, saying what goes with them; `after` runs when they are gone. */
export function useConfirmDelete(): (ids: readonly string[], after?: () => void) => void {
  const { t } = useTranslation();
  const remove = useAct("conversation.delete");
  return (ids, after) => {
    const count = ids.length;
    modals.openConfirmModal({
      title: t("library.deleteTitle", { count }),
      children: <Text size="sm">{t("library.deleteBody")}</Text>,
      labels: { confirm: t("library.deleteConfirm"), cancel: t("state.cancel") },
      confirmProps: { color: "red.8" },
      cancelProps: { "data-autofocus": true },
      closeButtonProps: { "aria-label": t("state.close") },
      onConfirm: () => {
        // What asked may have left the page by the time it is done: its own callbacks would not be heard then.
        remove.mutateAsync({ ids: [...ids] }).then(
          () => {
            void memory.invalidateQueries({ queryKey: ["library.list"] });
            void memory.invalidateQueries({ queryKey: ["queue.list"] });
            void memory.invalidateQueries({ queryKey: ["app.state"] });
            tell(t("library.deleted", { count }));
            after?.();
          },
          () => undefined,
        );
      },
    });
  };
}
