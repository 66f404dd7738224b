import type Database from "better-sqlite3";

/** Which tables of a database have been written since. */
export interface TableChanges {
  /**
   * A text that is another one as soon as something has been written that a query reads: the tables are those that stand in
   * it behind FROM and JOIN. Reading a table that is not watched, a query changes with whatever is written.
   */
  stampOf(sql: string): string;
}

/** What lies in an index of words was put there in the same transaction as a row of this table. */
const contentOf: Readonly<Record<string, string>> = {
  search: "searchable",
  search_brief: "searchable",
  said: "searchable",
  said_brief: "searchable",
};

/**
 * Watches the tables of a database by triggers of this connection alone, which writes everything. Rows that go with their
 * conversation are noticed too. A change that was taken back counts as one; what was read within a transaction must not be
 * kept beyond it.
 */
export function tableChanges(database: Database.Database): TableChanges {
  const versions = new Map<string, number>();
  database.function("note_change", (table: string) => {
    versions.set(table, (versions.get(table) ?? 0) + 1);
    return null;
  });
  for (const table of ordinaryTables(database)) {
    versions.set(table, 0);
    for (const event of ["INSERT", "UPDATE", "DELETE"]) {
      database.exec(
        `CREATE TEMP TRIGGER noted_${event}_${table} AFTER ${event} ON main.${table} BEGIN SELECT note_change('${table}'); END`,
      );
    }
  }
  const changes = database.prepare<[], number>("SELECT total_changes()").pluck();
  const tablesOf = new Map<string, readonly string[]>();
  return {
    stampOf(sql) {
      let tables = tablesOf.get(sql);
      if (tables === undefined) {
        const named = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(?:main\.)?(\w+)/giu)].map(([, name = ""]) => contentOf[name] ?? name);
        tables = [...new Set(named)];
        if (tablesOf.size >= mostQueries) tablesOf.clear();
        tablesOf.set(sql, tables);
      }
      return tables.map((table) => versions.get(table) ?? `any ${changes.get() ?? 0}`).join(",");
    },
  };
}

/** Queries whose tables are remembered. */
const mostQueries = 500;

/** Tables with rows of their own: not the indexes of words, nor the tables in which those are kept. */
function ordinaryTables(database: Database.Database): string[] {
  const tables = database
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();
  const indexes = tables.filter(({ sql }) => /^CREATE VIRTUAL/iu.test(sql)).map(({ name }) => name);
  return tables
    .map(({ name }) => name)
    .filter((name) => /^\w+$/u.test(name) && !indexes.some((index) => name === index || name.startsWith(`${index}_`)));
}
