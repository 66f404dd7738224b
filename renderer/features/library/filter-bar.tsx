import { Button, CloseButton, Menu } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useTranslation } from "../../text/index.ts";
import classes from "./finding.module.css";
import { offeredOperators } from "./search-box.tsx";
import { changeView, understood, useView, withoutTerm } from "./view.ts";

/** The filters in force as chips, each to be taken off by itself. Words typed are in the search box, and not repeated. */
export function FilterChips() {
  const { t } = useTranslation();
  const { text } = useView();
  const terms = understood(text).terms.filter(({ condition, not }) => condition.kind !== "words" || not);
  if (terms.length === 0) return null;
  const plain = terms.toReversed().reduce((rest, term) => withoutTerm(rest, term), text);
  return (
    <ul className={classes["chips"]} aria-label={t("finding.filters")}>
      {terms.map((term) => {
        const filter = text.slice(term.start, term.end);
        return (
          <li key={`${term.start}`} className={classes["chip"]}>
            <span>{filter}</span>
            <CloseButton
              size="xs"
              aria-label={t("finding.removeFilter", { filter })}
              onClick={() => changeView({ text: withoutTerm(text, term), scrollTop: 0 })}
            />
          </li>
        );
      })}
      {terms.length > 1 && (
        <li>
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => changeView({ text: plain, scrollTop: 0 })}>
            {t("finding.clearFilters")}
          </Button>
        </li>
      )}
    </ul>
  );
}

/** Offers what can be filtered by: puts the operator into the search, where its values are offered. */
export function FilterMenu() {
  const { t } = useTranslation();
  const begin = (name: string) => {
    const box = document.querySelector<HTMLInputElement>("search input");
    if (box === null) return;
    // As if it had been typed: the box then offers the values.
    const value = `${box.value.trim()} ${name}:`.trimStart();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(box, value);
    box.focus();
    box.setSelectionRange(value.length, value.length);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconFilter size={16} aria-hidden="true" />}>
          {t("finding.filter")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes["tall"] ?? ""}>
        {offeredOperators.map((name) => (
          <Menu.Item key={name} onClick={() => setTimeout(() => begin(name))}>
            <span className={classes["offer"]}>
              <span>{name}</span>
              <small>{t(`finding.operator.${name}`)}</small>
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
