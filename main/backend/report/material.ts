import { z } from "zod";
import type { Judgement, Review } from "../../../app/conformity/review.ts";
import type { EgressView } from "../../../app/contract/engine-views.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { auditReport } from "../../../app/report/audit-report.ts";
import type { AuditReport, ReportMaterial, ReportWriting } from "../../../app/report/audit-report-shape.ts";
import type { LedgerEntry } from "../../../app/report/chain.ts";
import { entryKinds } from "../../../app/report/entries.ts";
import type { SentimentsOf } from "../pipeline/categoriser.ts";
import { answersNow, judging, reviewOf } from "../pipeline/evaluator.ts";
import type { Store } from "../store/store.ts";

/** An evaluation with everything that its report says. */
export interface ReportSubject {
  readonly review: Review;
  readonly judgement: Judgement;
  readonly report: AuditReport;
}

/** What a report is collected from. */
export interface MaterialInput {
  readonly store: Store;
  readonly sentimentsOf: SentimentsOf;
  /** What has left the machine for the conversation. */
  readonly egress: readonly EgressView[];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly createdBy: string;
  /** Earmark's. */
  readonly version: string;
}

/** Entries read at a time. */
const pageSize = 500;

/**
 * Collects the report of an evaluation, on the revision on screen and with hidden words hidden. Throws `not-found` where there is
 * no such evaluation, or nothing of its conversation was heard or read.
 */
export function reportSubject(evaluationId: string, input: MaterialInput): ReportSubject {
  const { store, sentimentsOf, egress, createdAt, createdBy, version: earmark } = input;
  const record = store.evaluations.get(evaluationId);
  const version = record === null ? null : store.checklists.version(record.formId, record.formVersion);
  const judged = record === null ? null : judging(store, record.conversationId, sentimentsOf);
  if (record === null || version === null || judged === null) {
    throw new EarmarkError("not-found", "There is no such evaluation, or nothing of its conversation has been heard or read.", {
      id: evaluationId,
    });
  }
  const review = reviewOf(record, version.form, answersNow(judged, version.form, record));
  const judgement = judged.judge(version.form, review.answers, store.evaluations.heard(record.id));
  const history = historyOf(store, record.conversationId);
  const material: ReportMaterial = {
    review,
    judgement,
    conversation: judged.conversation,
    wordsHash: judged.wordsHash,
    revision: judged.revision,
    formHash: version.hash,
    policy: store.settings.get().redaction,
    egress: egress.map(({ at, service, operation, region, destination, fields = [], bytes, sha256 }) => ({
      ...{ at, service, operation, region, destination, fields, bytes, sha256 },
    })),
    writings: writingsOf(history, record.id),
    history,
    createdAt,
    createdBy,
    version: earmark,
  };
  return { review, judgement, report: auditReport(material) };
}

/** The ledger's entries of a conversation, in order. */
function historyOf({ ledger }: Store, conversationId: string): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (;;) {
    const page = ledger.entries(entries.at(-1)?.seq ?? 0, pageSize, conversationId);
    entries.push(...page);
    if (page.length < pageSize) return entries;
  }
}

const answerEntrySchema = z.object({ kind: z.literal("answer"), data: entryKinds.answer });

/** Which questions of an evaluation a language model answered, and how it was asked; of each the last time. */
function writingsOf(history: readonly LedgerEntry[], evaluationId: string): ReportWriting[] {
  const found = new Map<string, ReportWriting>();
  for (const entry of history) {
    const read = answerEntrySchema.safeParse(entry);
    if (!read.success || read.data.data.model === null || read.data.data.evaluation !== evaluationId) continue;
    const { question, model } = read.data.data;
    found.set(question, {
      questionId: question,
      model: [model.id, model.profile, model.region].filter((part) => part !== null).join(", "),
      prompt: model.prompt,
      promptVersion: String(model.promptVersion),
      inputTokens: model.inputTokens,
      outputTokens: model.outputTokens,
      requestHash: model.request,
    });
  }
  return [...found.values()];
}
