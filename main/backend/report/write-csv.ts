import { stringify } from "csv-stringify/browser/esm/sync";
import type { AuditReport } from "../../../app/report/audit-report-shape.ts";
import { safeCell } from "../../../app/report/csv-cell.ts";
import { timeText } from "../../../app/report/report-blocks.ts";

/** What a cell holds. A number is written as one; a text is made safe. */
export type Cell = string | number | boolean | null;

/** The byte order mark by which spreadsheets read UTF-8. */
export const byteOrderMark = "\uFEFF";

/** Rows as RFC 4180 has them, every text quoted and none that a spreadsheet would run; see `safeCell`. */
export function csvRows(rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) =>
    row.map((cell) =>
      typeof cell === "string" ? safeCell(cell) : cell === null ? "" : typeof cell === "boolean" ? (cell ? "yes" : "no") : cell,
    ),
  );
  return stringify(cells, { record_delimiter: "\r\n", quoted_string: true });
}

const columns = [
  ...["conversation", "evaluation", "form", "form_version", "stage", "score", "lowest", "highest"],
  ...[
    "number",
    "question_id",
    "section",
    "question",
    "kind",
    "weight",
    "state",
    "answer",
    "decided_by",
    "points",
    "possible",
    "fails",
  ],
  ...["machine_answer", "machine_by", "machine_reason", "machine_confidence"],
  ...["person_answer", "person", "person_at", "person_reason", "override", "comment"],
  ...["doubt", "doubt_reasons", "stale", "evidence", "searched"],
] as const;

/** The answers of a report, one row for each question. */
export function writeCsv({ source, form, result, answers }: AuditReport): string {
  const rows = answers.map((one): Cell[] => [
    ...[
      source.conversationId,
      result.evaluationId,
      form.id,
      form.version,
      result.stage,
      result.overall,
      result.lowest,
      result.highest,
    ],
    ...[one.number, one.id, one.section, one.question, one.kind, one.weight, one.state, one.answer, one.decidedBy],
    ...[one.points.earned, one.points.possible, one.fails],
    ...[one.machine?.answer ?? null, one.machine?.by ?? null, one.machine?.sentence ?? null, one.machine?.confidence ?? null],
    ...[one.person?.answer ?? null, one.person?.author ?? null, one.person?.at ?? null, one.person?.reason ?? null],
    ...[one.person?.override ?? null, one.comment, one.doubt.amount, one.doubt.reasons.join(" "), one.stale.join(" ")],
    one.evidence
      .map(({ stance, role, startMs, quote }) => `${stance} ${role ?? ""} ${timeText(startMs)}: ${quote ?? "[hidden]"}`)
      .join("\n"),
    one.searched.join("\n"),
  ]);
  return byteOrderMark + csvRows([columns, ...rows]);
}
