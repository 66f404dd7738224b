import { Link, useLocation } from "wouter";
import { useTranslation } from "../../text/index.ts";
import classes from "./insights-tabs.module.css";

const places = [
  { href: "/insights", name: "drivers", inside: /^\/insights$/u },
  { href: "/insights/categories", name: "categories", inside: /^\/insights\/categories/u },
] as const;

/** The parts of the insights, each a place of its own with an address. */
export function InsightsTabs() {
  const { t } = useTranslation();
  const [location] = useLocation();
  return (
    <nav className={classes["tabs"]} aria-label={t("insights.title")}>
      {places.map(({ href, name, inside }) => (
        <Link key={href} href={href} aria-current={inside.test(location) ? "page" : undefined}>
          {t(`insights.tabs.${name}`)}
        </Link>
      ))}
    </nav>
  );
}
