import { Modal } from "@mantine/core";
import { useLocation } from "wouter";
import { useTranslation } from "../../text/index.ts";
import { AskForm } from "./ask-form.tsx";

/** Asks the conversations that are selected, and goes to the answers. */
export function AskDialog({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const title = t("questions.ask.many", { count: ids.length });
  return (
    <Modal opened onClose={close} size="lg" title={title} closeButtonProps={{ "aria-label": t("state.close") }}>
      <AskForm
        scope={{ kind: "selection", conversationIds: [...ids] }}
        label={title}
        fieldId="ask-selected"
        asked={(id) => {
          close();
          navigate(`/insights/questions/${encodeURIComponent(id)}`);
        }}
      />
    </Modal>
  );
}
