import type Database from "better-sqlite3";

/**
 * Counts what goes with a conversation: the rows of every table that refers to it, by the table's name, those without any
 * left out. Which tables these are is read from the database, so that none that comes later is forgotten.
 */
export function rowCounter(
  database: Database.Database,
): (conversation: { id: string; number: number }) => Record<string, number> {
  let counts: { table: string; by: "id" | "number"; count: Database.Statement<[string | number], number> }[] | undefined;
  const prepare = () =>
    database
      .prepare<[], { table: string; column: string; refers: string | null }>(
        `SELECT tables.name AS "table", keys."from" AS "column", keys."to" AS refers
         FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' AND keys."table" = 'conversations' ORDER BY tables.name`,
      )
      .all()
      .map(({ table, column, refers }) => ({
        table,
        by: refers === "number" ? ("number" as const) : ("id" as const),
        count: database.prepare<[string | number], number>(`SELECT count(*) FROM "${table}" WHERE "${column}" = ?`).pluck(),
      }));

  return (conversation) => {
    counts ??= prepare();
    const found: Record<string, number> = {};
    // A table may refer to conversations twice.
    for (const { table, by, count } of counts) {
      const rows = count.get(conversation[by]) ?? 0;
      if (rows > 0) found[table] = (found[table] ?? 0) + rows;
    }
    return found;
  };
}
