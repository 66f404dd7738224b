import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { wordsTaken } from "../../../app/conformity/evidence.ts";
import { throwIfCancelled } from "../../../app/contract/errors.ts";
import type { AskedAnswer } from "../../../app/contract/question-views.ts";
import type { ReportFile } from "../../../app/contract/report-views.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import { utf8 } from "../../../app/report/digests.ts";
import { timeText } from "../../../app/report/report-blocks.ts";
import type { ReportWorld } from "./report-handlers.ts";
import { byteOrderMark, type Cell, csvRows } from "./write-csv.ts";

/** Answers read and written at a time. */
const pageSize = 200;

const columns = [
  ...["question", "conversation", "title", "agent", "started_at", "state", "answer", "group", "reason", "confidence", "stale"],
  ...["quotes", "searched", "answered_at", "engine", "model", "region", "prompt", "request_hashes"],
  ...["input_tokens", "output_tokens", "cost"],
];

/**
 * Writes the answers to a question as a CSV file, a page at a time; those that could not be had are in it with the reason. The
 * ledger says so before the file can be had. Throws `not-found`.
 */
export async function writeAnswersCsv(
  id: string,
  { store, clips, signal }: Pick<ReportWorld, "store" | "clips" | "signal">,
): Promise<ReportFile> {
  const { text, by, scope, conversations } = store.questions.view(id);
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await clips.make(safeFileName(`Answers to ${text.slice(0, 60)}`, "csv"), async (path) => {
    const stream = createWriteStream(path);
    const write = async (rows: readonly (readonly Cell[])[], before = ""): Promise<void> => {
      const chunk = utf8(before + csvRows(rows));
      hash.update(chunk);
      bytes += chunk.length;
      if (!stream.write(chunk)) await once(stream, "drain");
    };
    try {
      await write([columns], byteOrderMark);
      for (let offset = 0; ; offset += pageSize) {
        throwIfCancelled(signal);
        const { answers } = store.questions.answers({ id, of: { state: "all" }, offset, limit: pageSize });
        if (answers.length > 0) await write(answers.map((one) => rowOf(text, by, one)));
        if (answers.length < pageSize) break;
      }
    } finally {
      stream.end();
      await finished(stream);
    }
    const subject = scope.kind === "conversation" ? scope.conversationId : null;
    store.transaction(() => {
      const digest = hash.copy().digest("hex");
      const content = subject === null ? digest : store.ledger.commit(subject, digest);
      store.ledger.append("export", subject, { what: "answers", format: "csv", conversations, content });
    });
  });
  return { ...file, bytes, sha256: hash.digest("hex") };
}

function rowOf(question: string, by: string, one: AskedAnswer): Cell[] {
  const { answer, failure } = one;
  const { written = null, prompt = null } = answer ?? {};
  const reason =
    failure?.message ?? [...(answer?.faults.map(({ text }) => text) ?? []), answer?.justification ?? ""].join(" ").trim();
  return [
    ...[question, one.conversationId, one.title, one.agent, one.startedAt, one.state, one.said, one.group, reason],
    ...[answer?.confidence ?? null, one.stale.map((each) => each.reason).join(" ")],
    (answer?.evidence ?? [])
      .map((quote) => `${timeText(quote.anchor.startMs)} ${quote.roles.join(", ")}: ${wordsTaken(quote)}`)
      .join("\n"),
    (answer?.searched ?? []).map(({ what }) => what).join("\n"),
    ...[one.at, written?.engine ?? (answer === null ? null : by), written?.model ?? null, written?.region ?? null],
    prompt === null ? null : `${prompt.id}/${prompt.version}`,
    (written?.calls ?? []).map(({ requestHash }) => requestHash).join(" "),
    ...[one.inputTokens, one.outputTokens, one.cost],
  ];
}
