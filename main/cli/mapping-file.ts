import { readFile } from "node:fs/promises";
import { EarmarkError } from "../../app/contract/errors.ts";
import { type ColumnMapping, columnMappingSchema } from "../../app/formats/column-mapping.ts";
import { parseJsonText } from "../../app/formats/json-text.ts";
import type { OpenLibrary } from "./open-library.ts";

/**
 * Has tables read by a mapping first: one that was saved under this name, or that of a JSON file, which is saved. Throws
 * `not-found` for neither, `format-malformed` for a file that holds none.
 */
export async function takeMapping(library: OpenLibrary, nameOrFile: string): Promise<void> {
  const { columnMappings } = await library.call("settings.get", {});
  const saved = columnMappings.find(({ name }) => name === nameOrFile);
  const mapping = saved ?? (await readMapping(nameOrFile));
  const others = columnMappings.filter(({ id, name }) => id !== mapping.id && name !== mapping.name);
  await library.call("settings.set", { columnMappings: [mapping, ...others] });
}

async function readMapping(path: string): Promise<ColumnMapping> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new EarmarkError("not-found", `There is no mapping of this name, and no file: ${path}`, {}, { cause });
  });
  const parsed = columnMappingSchema.safeParse(parseJsonText(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EarmarkError("format-malformed", `The file holds no mapping: ${issue?.message ?? ""}`, {
    line: null,
    column: null,
    where: issue?.path.join(".") ?? "",
  });
}
