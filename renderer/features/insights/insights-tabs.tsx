import { useTranslation } from "../../text/index.ts";
import { PlaceTabs } from "../../ui/place-tabs.tsx";

const places = [
  { href: "/insights", name: "drivers", inside: /^\/insights$/u },
  { href: "/insights/questions", name: "questions", inside: /^\/insights\/questions/u },
  { href: "/insights/categories", name: "categories", inside: /^\/insights\/categories/u },
] as const;

/** The parts of the insights, each a place of its own with an address. */
export function InsightsTabs() {
  const { t } = useTranslation();
  return (
    <PlaceTabs label={t("insights.title")} places={places.map((one) => ({ ...one, label: t(`insights.tabs.${one.name}`) }))} />
  );
}
