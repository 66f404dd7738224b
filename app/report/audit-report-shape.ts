import type { Evidence } from "../conformity/evidence.ts";
import type { Judgement, Review } from "../conformity/review.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { Json } from "./canonical-json.ts";
import type { LedgerEntry } from "./chain.ts";

/*
 * The audit report of one conversation as data. PDF, DOCX, CSV and Connect's JSON are views of it; sealed, it is what an auditor
 * verifies. Every section is plain JSON, and says in words what it says in codes.
 */

/** Names the shape of the data; a change that an older reader would misread gets another number. */
export const auditReportSchemaName = "earmark-report/1";

/** Something that left this machine for the conversation. */
export interface ReportEgress {
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly region: string | null;
  readonly destination: string;
  readonly fields: readonly string[];
  readonly bytes: number;
  readonly sha256: string | null;
}

/** A question that a language model answered. */
export interface ReportWriting {
  readonly questionId: string;
  readonly model: string;
  readonly prompt: string;
  readonly promptVersion: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly requestHash: string | null;
}

/** What a report of one conversation is made of. */
export interface ReportMaterial {
  readonly review: Review;
  readonly judgement: Judgement;
  readonly conversation: Conversation;
  readonly wordsHash: string;
  readonly revision: string;
  readonly formHash: string;
  /** How personal data were treated when it was read: policy by type. */
  readonly policy: { readonly [type: string]: string };
  readonly egress: readonly ReportEgress[];
  readonly writings: readonly ReportWriting[];
  /** The ledger's entries of the conversation, in order. */
  readonly history: readonly LedgerEntry[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly version: string;
}

/** A quotation that an answer rests on, as it reads now. */
export interface ReportEvidence {
  readonly stance: Evidence["stance"];
  readonly speaker: string | null;
  readonly role: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** Null where the words have been hidden or taken out. */
  readonly quote: string | null;
  readonly wordIds: readonly string[];
}

/** A question with everything that an auditor needs to follow its answer. */
export interface ReportAnswer {
  readonly number: number;
  readonly id: string;
  readonly section: string;
  readonly question: string;
  readonly kind: string;
  readonly type: string;
  readonly weight: number;
  readonly state: string;
  /** The answer that counts, in words; null where there is none. */
  readonly answer: string | null;
  readonly decidedBy: "person" | "rule" | "writer" | null;
  readonly points: { readonly earned: number | null; readonly possible: number | null };
  /** What the answer fails; null where that is nothing. */
  readonly fails: string | null;
  readonly machine: {
    readonly by: "rule" | "writer";
    readonly answer: string | null;
    readonly sentence: string;
    readonly confidence: number | null;
    readonly source: string;
    readonly unjudged: readonly string[];
  } | null;
  readonly person: {
    readonly answer: string;
    readonly author: string;
    readonly at: string;
    readonly reason: string | null;
    /** Whether it is otherwise than what the machine suggested then. */
    readonly override: boolean;
  } | null;
  /** What persons decided before, the latest last. */
  readonly earlier: readonly {
    readonly answer: string;
    readonly author: string;
    readonly at: string;
    readonly reason: string | null;
  }[];
  readonly comment: string | null;
  readonly doubt: { readonly amount: number; readonly reasons: readonly string[] };
  readonly stale: readonly string[];
  readonly evidence: readonly ReportEvidence[];
  /** What was searched in vain, in words. */
  readonly searched: readonly string[];
}

/** The audit report of one conversation, section by section. */
export interface AuditReport {
  readonly report: {
    readonly schema: typeof auditReportSchemaName;
    readonly kind: "conversation";
    readonly title: string;
    readonly createdAt: string;
    readonly createdBy: string;
    readonly earmark: string;
  };
  readonly source: {
    readonly conversationId: string;
    readonly title: string;
    readonly kind: string;
    readonly channel: string;
    readonly startedAt: string | null;
    readonly timeZone: string | null;
    readonly importedAt: string;
    readonly durationMs: number;
    readonly language: string | null;
    readonly format: string;
    readonly bytes: number;
    /** SHA-256 of the file that was imported. */
    readonly sha256: string;
    readonly participants: readonly { readonly id: string; readonly role: string; readonly name: string | null }[];
    /** Names the hearing and the corrections on top that everything below is of. */
    readonly transcript: { readonly wordsHash: string; readonly revision: string };
  };
  /** The checklist as it was asked. */
  readonly form: {
    readonly id: string;
    readonly version: number;
    readonly title: string;
    readonly hash: string;
    readonly snapshot: Json;
  };
  readonly result: {
    readonly evaluationId: string;
    readonly stage: string;
    readonly evaluator: string | null;
    readonly startedAt: string;
    readonly submittedAt: string | null;
    readonly overall: number | null;
    readonly conformity: number | null;
    readonly quality: number | null;
    readonly band: string | null;
    readonly passed: boolean | null;
    readonly lowest: number | null;
    readonly highest: number | null;
    readonly sentence: string;
    readonly provisional: readonly string[];
    /** Questions whose answer failed the form or a section. */
    readonly criticalFailures: readonly { readonly id: string; readonly question: string; readonly fails: string }[];
    readonly sections: readonly {
      readonly id: string;
      readonly title: string;
      readonly percent: number | null;
      readonly band: string | null;
    }[];
    readonly comment: string | null;
  };
  readonly answers: readonly ReportAnswer[];
  readonly redaction: {
    readonly statement: string;
    readonly policy: { readonly [type: string]: string };
    /** What was hidden, where and by which rule; never what it was. */
    readonly hidden: readonly {
      readonly type: string;
      readonly rule: string;
      readonly how: string;
      readonly startMs: number;
      readonly endMs: number;
    }[];
  };
  readonly provenance: {
    readonly engine: string | null;
    readonly device: string | null;
    readonly models: readonly {
      readonly id: string;
      readonly task: string;
      readonly sha256: string;
      readonly limited: boolean;
    }[];
    readonly writings: readonly ReportWriting[];
    readonly egress: readonly ReportEgress[];
    readonly statement: string;
  };
  readonly history: readonly LedgerEntry[];
}
