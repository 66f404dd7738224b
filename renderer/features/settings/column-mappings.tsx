import { Button } from "@mantine/core";
import type { ColumnMapping } from "../../../app/formats/column-mapping.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./settings.module.css";

/** The mappings by which tables of other programs are read; made where such a table is imported, and removed here. */
export function ColumnMappings({
  mappings,
  save,
}: {
  mappings: readonly ColumnMapping[];
  save: (mappings: ColumnMapping[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("importing.table.saved")} data-testid="column-mappings">
      <h3>{t("importing.table.saved")}</h3>
      <p className={classes["quiet"]}>{t(mappings.length === 0 ? "importing.table.nothing" : "importing.table.savedNote")}</p>
      <ul className={classes["plain"]}>
        {mappings.map((mapping) => (
          <li key={mapping.id}>
            <strong>{mapping.name}</strong>:{" "}
            {[mapping.start, mapping.speaker, mapping.text, mapping.conversation].filter((column) => column !== null).join(", ")}{" "}
            <Button
              variant="default"
              size="compact-xs"
              aria-label={t("importing.table.removeOf", { name: mapping.name })}
              onClick={() => save(mappings.filter(({ id }) => id !== mapping.id))}
            >
              {t("importing.table.remove")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
