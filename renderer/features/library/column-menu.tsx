import { ActionIcon, Button, Checkbox, Popover } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../text/index.ts";
import { columnNames, fullNameOf, withMoved, withToggled } from "./columns.ts";
import classes from "./finding.module.css";
import { changeView, chosenColumns, useView } from "./view.ts";

/** Which columns there are, and in which order. */
export function ColumnMenu() {
  const { t } = useTranslation();
  const view = useView();
  const [opened, setOpened] = useState(false);
  const chosen = chosenColumns(view);
  const shown = chosen.flatMap(({ name }) => columnNames.find((each) => each === name) ?? []);
  const others = columnNames.filter((name) => !shown.includes(name));
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconColumns size={16} aria-hidden="true" />}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          {t("finding.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("finding.columns")}>
        <ul className={classes["columnList"]}>
          {[...shown, ...others].map((name, index) => {
            const column = t(fullNameOf(name) ?? `library.column.${name}`);
            const isShown = index < shown.length;
            const move = (to: number) => changeView({ columns: withMoved(chosen, name, to) });
            return (
              <li key={name}>
                <Checkbox
                  size="xs"
                  label={column}
                  checked={isShown}
                  disabled={isShown && shown.length === 1}
                  onChange={() => changeView({ columns: withToggled(chosen, name) })}
                />
                {isShown && (
                  <>
                    <ActionIcon
                      size="sm"
                      aria-label={t("finding.column.up", { column })}
                      disabled={index === 0}
                      onClick={() => move(index - 1)}
                    >
                      <IconArrowUp size={14} aria-hidden="true" />
                    </ActionIcon>
                    <ActionIcon
                      size="sm"
                      aria-label={t("finding.column.down", { column })}
                      disabled={index === shown.length - 1}
                      onClick={() => move(index + 1)}
                    >
                      <IconArrowDown size={14} aria-hidden="true" />
                    </ActionIcon>
                  </>
                )}
              </li>
            );
          })}
        </ul>
        <p className={classes["note"]}>{t("finding.column.note")}</p>
        <Button variant="default" size="xs" disabled={view.columns === null} onClick={() => changeView({ columns: null })}>
          {t("finding.column.usual")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
