import type Database from "better-sqlite3";
import { type ImportReport, importReportSchema } from "../../../app/contract/import-views.ts";
import { parseJson } from "./stored-json.ts";

/** What became of the parts of imported files, one report for each conversation. */
export interface ImportReportTable {
  /** Replaces the report of a conversation; nothing happens where there is no such conversation. */
  put(conversationId: string, report: ImportReport): void;
  /** Null where there is none yet, and for conversations that came in before reports were kept. */
  get(conversationId: string): ImportReport | null;
}

/** The reports in a database. */
export function importReportTable(database: Database.Database): ImportReportTable {
  const put = database.prepare<[string, string]>(`
    INSERT INTO import_reports (conversation_number, report) SELECT number, ? FROM conversations WHERE id = ?
    ON CONFLICT (conversation_number) DO UPDATE SET report = excluded.report`);
  const get = database
    .prepare<[string], string>(
      `SELECT report FROM import_reports JOIN conversations ON conversations.number = conversation_number WHERE conversations.id = ?`,
    )
    .pluck();
  return {
    put: (conversationId, report) => {
      put.run(JSON.stringify(report), conversationId);
    },
    get: (conversationId) => importReportSchema.safeParse(parseJson(get.get(conversationId) ?? null)).data ?? null,
  };
}
