import type { AuditReport, ReportAnswer } from "./audit-report-shape.ts";
import { entryText } from "./entry-text.ts";
import { formBlocks } from "./form-blocks.ts";
import { integrityBlocks, type ReportProof } from "./proof-blocks.ts";
import { type Block, facts, heading, instantText, isolated, paragraph, percentText, timeText } from "./report-blocks.ts";

/** The audit report of one conversation as a reader meets it. `proof` is that of the sealed data; null where it goes unsealed. */
export function auditReportBlocks(report: AuditReport, proof: ReportProof | null): Block[] {
  return [
    { kind: "title", text: "Audit report", lead: report.report.title },
    ...resultBlocks(report),
    ...sourceBlocks(report),
    ...answerBlocks(report),
    ...redactionBlocks(report),
    ...provenanceBlocks(report),
    ...formBlocks(report),
    ...historyBlocks(report),
    ...integrityBlocks(proof, [["Checklist", report.form.hash]]),
  ];
}

function resultBlocks({ result, form, report }: AuditReport): Block[] {
  const passed = result.passed === null ? null : result.passed ? "passed" : "NOT PASSED";
  return [
    heading(1, "Result"),
    facts(
      ["Checklist", `${form.title}, version ${form.version}`],
      ["Score", `${result.sentence}${result.band === null ? "" : ` (${result.band})`}`],
      ["Outcome", passed],
      ["Conformity", result.conformity === null ? null : percentText(result.conformity)],
      ["Quality", result.quality === null ? null : percentText(result.quality)],
      [
        "State",
        result.submittedAt === null
          ? "A draft: nobody has signed it"
          : `Signed by ${result.evaluator === null ? "a person" : isolated(result.evaluator)} on ${instantText(result.submittedAt)}`,
      ],
      [
        "Report made",
        `${instantText(report.createdAt)}${report.createdBy === "" ? "" : `, by ${report.createdBy}`}, Earmark ${report.earmark}`,
      ],
    ),
    ...(result.provisional.length === 0 ? [] : [paragraph(`Provisional: ${result.provisional.join("; ")}.`, "warning")]),
    heading(2, "Critical failures"),
    result.criticalFailures.length === 0
      ? paragraph("No critical question failed.")
      : {
          kind: "list",
          items: result.criticalFailures.map(({ question, fails }) => `FAILED: ${question} This fails ${fails}.`),
        },
    heading(2, "Sections of the checklist"),
    {
      kind: "table",
      columns: [
        { title: "Section", share: 5 },
        { title: "Score", share: 2, numeric: true },
        { title: "Band", share: 2 },
      ],
      rows: result.sections.map(({ title, percent, band }) => [title, percentText(percent), band ?? ""]),
    },
    ...(result.comment === null ? [] : [heading(2, "Comment"), paragraph(result.comment)]),
  ];
}

function sourceBlocks({ source }: AuditReport): Block[] {
  return [
    heading(1, "Conversation"),
    facts(
      ["Title", source.title],
      ["Id", source.conversationId],
      ["Kind", `${source.kind}, ${source.channel}`],
      [
        "Began",
        source.startedAt === null
          ? "not known"
          : `${instantText(source.startedAt)}${source.timeZone === null ? "" : ` (${source.timeZone})`}`,
      ],
      ["Length", timeText(source.durationMs)],
      ["Language", source.language],
      ["Taken into the library", instantText(source.importedAt)],
      ["File", `${source.bytes.toLocaleString("en-GB")} bytes${source.format === "" ? "" : `, ${source.format}`}`],
      ["SHA-256 of the file", source.sha256],
      ["Transcript", source.transcript.wordsHash],
      ["Corrections on top", source.transcript.revision],
    ),
    {
      kind: "table",
      columns: [
        { title: "Speaker", share: 3 },
        { title: "Name", share: 5 },
      ],
      rows: source.participants.map(({ role, name }) => [role, name ?? "not named"]),
    },
  ];
}

function answerBlocks({ answers }: AuditReport): Block[] {
  if (answers.length === 0) return [heading(1, "Answers"), paragraph("The checklist asked nothing of this conversation.")];
  const blocks: Block[] = [
    heading(1, "Answers"),
    paragraph(
      "MACHINE stands before what was suggested, PERSON before what was decided. The person's answer counts where there is one.",
      "quiet",
    ),
  ];
  let section: string | null = null;
  for (const answer of answers) {
    if (answer.section !== section) blocks.push(heading(2, answer.section));
    section = answer.section;
    blocks.push(...questionBlocks(answer));
  }
  return blocks;
}

function pointsText({ points: { earned, possible }, state }: ReportAnswer): string {
  if (state === "not-asked") return "not asked";
  if (possible === null) return "not scored";
  return `${earned ?? "none yet"} of ${possible}`;
}

/** What has become of a question, for people. */
const stateTexts: Readonly<Record<string, string>> = {
  "not-asked": "not asked: another answer rules it out",
  unanswered: "not answered",
  "for-a-person": "left to a person",
  suggested: "suggested by the machine, seen by no person yet",
  answered: "decided by a person",
  "not-applicable": "does not apply",
  stale: "STALE: rests on words that have changed since",
};

function questionBlocks(answer: ReportAnswer): Block[] {
  const { number, question, machine, person, earlier, comment, doubt, stale, evidence, searched, fails, kind, weight } = answer;
  const by = answer.decidedBy === null ? "" : answer.decidedBy === "person" ? ", PERSON" : ", MACHINE";
  return [
    heading(3, `${number}. ${question}`),
    facts(
      ["Answer", answer.answer === null ? (stateTexts[answer.state] ?? answer.state) : `${answer.answer}${by}`],
      ["Points", `${pointsText(answer)}; weight ${weight}; ${kind}`],
      ["Fails", fails === null ? null : `FAILED: this fails ${fails}`],
      [
        "State",
        answer.answer === null || answer.state === "answered" || answer.state === "not-applicable"
          ? null
          : (stateTexts[answer.state] ?? answer.state),
      ],
      ["MACHINE", machine === null ? null : machineText(machine)],
      ["PERSON", person === null ? null : personText(person, person.override)],
      ...earlier.map((one): readonly [string, string] => ["Decided before", personText(one, false)]),
      ["Comment", comment],
      ["Doubt", doubt.amount === 0 ? "none" : `${Math.round(doubt.amount * 100)} %: ${doubt.reasons.join(" ")}`],
      ...stale.map((reason): readonly [string, string] => ["Stale", reason]),
    ),
    ...evidence.map(
      ({ stance, speaker, role, startMs, endMs, quote }): Block => ({
        kind: "quote",
        text: quote === null ? "The words have been hidden or taken out." : `“${quote}”`,
        source: `${stance === "for" ? "Evidence" : "Evidence against"}: ${role ?? "somebody"}${speaker === null ? "" : ` (${isolated(speaker)})`}, ${timeText(startMs)} to ${timeText(endMs)}`,
      }),
    ),
    ...searched.map((text) => paragraph(text, "quiet")),
  ];
}

function machineText({ by, answer, sentence, confidence, unjudged }: NonNullable<ReportAnswer["machine"]>): string {
  const who = by === "rule" ? "by rule" : "by a language model";
  const sure = confidence === null ? "" : `, ${Math.round(confidence * 100)} % sure by its own account`;
  return `${answer ?? "left to a person"} (${who}${sure}). ${[sentence, ...unjudged].join(" ")}`;
}

function personText(
  { answer, author, at, reason }: Pick<NonNullable<ReportAnswer["person"]>, "answer" | "author" | "at" | "reason">,
  isOverride: boolean,
): string {
  const who = author === "" ? "a person" : isolated(author);
  return `${answer}, ${who}, ${instantText(at)}${isOverride ? "; OVERRIDES the machine" : ""}${reason === null ? "" : `. Reason: ${reason}`}`;
}

function redactionBlocks({ redaction }: AuditReport): Block[] {
  return [
    heading(1, "Redaction"),
    paragraph(redaction.statement),
    {
      kind: "table",
      columns: [
        { title: "Type of personal data", share: 3 },
        { title: "Policy when this report was made", share: 5 },
      ],
      rows: Object.entries(redaction.policy),
    },
    ...(redaction.hidden.length === 0
      ? []
      : [
          {
            kind: "table",
            columns: [
              { title: "Hidden", share: 3 },
              { title: "How", share: 2 },
              { title: "From", share: 2, numeric: true },
              { title: "To", share: 2, numeric: true },
              { title: "Rule", share: 4 },
            ],
            rows: redaction.hidden.map(({ type, how, startMs, endMs, rule }) => [
              type,
              how,
              timeText(startMs),
              timeText(endMs),
              rule,
            ]),
          } satisfies Block,
        ]),
  ];
}

function provenanceBlocks({ provenance }: AuditReport): Block[] {
  const { engine, device, models, writings, egress, statement } = provenance;
  return [
    heading(1, "Provenance"),
    facts(["Speech engine", engine ?? "none: the transcript was imported"], ["Device", device]),
    ...models.map(({ id, task, sha256, limited }) =>
      facts([task, `${id}${limited ? " (a small model for trying Earmark out)" : ""}`], ["SHA-256", sha256]),
    ),
    heading(2, "Answers of language models"),
    writings.length === 0
      ? paragraph("No language model was asked.")
      : {
          kind: "table",
          columns: [
            { title: "Question", share: 3 },
            { title: "Model", share: 4 },
            { title: "Prompt, version", share: 3 },
            { title: "Tokens in, out", share: 2 },
            { title: "Request", share: 3 },
          ],
          rows: writings.map(({ questionId, model, prompt, promptVersion, inputTokens, outputTokens, requestHash }) => [
            questionId,
            model,
            `${prompt}, ${promptVersion}`,
            `${inputTokens ?? "?"}, ${outputTokens ?? "?"}`,
            requestHash ?? "",
          ]),
        },
    heading(2, "What left the machine"),
    paragraph(statement),
    ...egress.map(({ at, service, operation, region, destination, fields, bytes, sha256 }) =>
      facts(
        ["When", instantText(at)],
        ["Where to", `${service} ${operation}${region === null ? "" : `, ${region}`}: ${destination}`],
        ["What", `${fields.length === 0 ? "the sound" : fields.join(", ")}, ${bytes.toLocaleString("en-GB")} bytes`],
        ["SHA-256", sha256],
      ),
    ),
  ];
}

function historyBlocks({ history }: AuditReport): Block[] {
  return [
    heading(1, "History"),
    paragraph(
      "What the ledger says of this conversation, in order. Each entry is chained to the one before it in the ledger and signed.",
    ),
    {
      kind: "table",
      columns: [
        { title: "Entry", share: 1.2, numeric: true },
        { title: "When", share: 3.4 },
        { title: "What", share: 5 },
        { title: "Who", share: 2 },
        { title: "Hash begins", share: 2.6 },
      ],
      rows: history.map((entry) => [
        String(entry.seq),
        instantText(entry.at),
        entryText(entry),
        entry.author === "" ? "Earmark" : entry.author,
        entry.hash.slice(0, 12),
      ]),
    },
  ];
}
