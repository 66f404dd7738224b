import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { TablePreview } from "../../../app/contract/import-views.ts";
import { type ColumnMapping, columnMappingSchema, timeForms } from "../../../app/formats/column-mapping.ts";
import { call, memory, queryOf } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote, PageLoading } from "../../ui/states.tsx";
import classes from "./import-area.module.css";
import { type ImportResult, importAgain, sourceOf } from "./importing.ts";
import { guessMapping } from "./mapping-guess.ts";

/** Asks once which column of a table says what, with its first rows below, and imports it by that. */
export function MappingDialog({ result, close }: { result: ImportResult; close: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["import.table", result.key],
    queryFn: async () => (await call("import.table", { source: await sourceOf(result) })).table,
    gcTime: 0,
    retry: false,
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("importing.table.title", { name: result.name })}
      size="xl"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      {error !== null ? (
        <FailureNote live failure={error} />
      ) : data === undefined ? (
        <PageLoading />
      ) : (
        <MappingForm table={data} result={result} close={close} />
      )}
    </Modal>
  );
}

/** The fields of a mapping that name a column. */
const columnFields = ["text", "speaker", "start", "end", "conversation"] as const;

function MappingForm({ table, result, close }: { table: TablePreview; result: ImportResult; close: () => void }) {
  const { t } = useTranslation();
  const [mapping, setMapping] = useState<ColumnMapping>(() => guessMapping(table, result.name));
  const [failure, setFailure] = useState<unknown>(null);
  const change = (changes: Partial<ColumnMapping>) => setMapping({ ...mapping, ...changes });
  const columns = table.columns.map((column) => ({ value: column, label: column }));
  const usesOf = (column: string) => columnFields.filter((field) => mapping[field] === column);
  const save = async () => {
    try {
      const { columnMappings } = await memory.ensureQueryData(queryOf("settings.get", {}));
      const others = columnMappings.filter(({ name }) => name !== mapping.name);
      await call("settings.set", { columnMappings: [mapping, ...others] });
      await memory.invalidateQueries({ queryKey: ["settings.get"] });
      close();
      await importAgain(result);
    } catch (thrown) {
      setFailure(thrown);
    }
  };
  return (
    <form
      className={classes["mapping"]}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p>{t("importing.table.explain")}</p>
      <div className={classes["fields"]}>
        <TextInput
          label={t("importing.table.name")}
          value={mapping.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("importing.table.kind")}
          value={mapping.kind}
          data={[
            { value: "chat", label: t("importing.table.chat") },
            { value: "call", label: t("importing.table.call") },
          ]}
          onChange={(event) => change({ kind: event.currentTarget.value === "call" ? "call" : "chat" })}
        />
        {columnFields.map((field) => (
          <NativeSelect
            key={field}
            label={t(`importing.table.${field}`)}
            value={mapping[field] ?? ""}
            data={field === "text" ? columns : [{ value: "", label: t("importing.table.noColumn") }, ...columns]}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change(field === "text" ? { text: value } : { [field]: value === "" ? null : value });
            }}
          />
        ))}
        <NativeSelect
          label={t("importing.table.times")}
          value={mapping.times}
          data={timeForms.map((value) => ({ value, label: t(`importing.table.${value}`) }))}
          onChange={(event) => change({ times: timeForms.find((form) => form === event.currentTarget.value) ?? "instant" })}
        />
        {(["agent", "customer"] as const).map((field) => (
          <TextInput
            key={field}
            label={t(`importing.table.${field}`)}
            value={mapping[field]}
            onChange={(event) => change({ [field]: event.currentTarget.value })}
          />
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <section className={classes["preview"]} aria-label={t("importing.table.preview")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column} scope="col" data-used={usesOf(column).length > 0 || undefined}>
                  {column}
                  <small>
                    {usesOf(column)
                      .map((field) => t(`importing.table.${field}`))
                      .join(", ")}
                  </small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, number) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no names, and stay where they are
              <tr key={number}>
                {table.columns.map((column, index) => (
                  <td key={column} data-used={usesOf(column).length > 0 || undefined}>
                    {row[index] ?? ""}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {failure !== null && <FailureNote live compact failure={failure} />}
      <Button type="submit" disabled={!columnMappingSchema.safeParse(mapping).success}>
        {t("importing.table.save")}
      </Button>
    </form>
  );
}
