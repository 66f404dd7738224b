import { useTranslation } from "../../text/index.ts";
import { PlaceTabs } from "../../ui/place-tabs.tsx";

/** What is asked of a conversation: by checklists, and by prompts for a language model. */
export function AskTabs() {
  const { t } = useTranslation();
  return (
    <PlaceTabs
      label={t("prompts.tabs")}
      places={[
        { href: "/checklists", label: t("checklists.title"), inside: /^\/checklists/u },
        { href: "/prompts", label: t("prompts.title"), inside: /^\/prompts/u },
      ]}
    />
  );
}
