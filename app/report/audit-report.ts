import { type AnswerValue, valueText } from "../conformity/answer-value.ts";
import type { Absence, Evidence } from "../conformity/evidence.ts";
import { plainForm } from "../conformity/form-plain.ts";
import { questionsOf } from "../conformity/form-questions.ts";
import type { JudgedQuestion, Judgement, Review } from "../conformity/review.ts";
import { possiblePoints } from "../conformity/scoring.ts";
import { anchorFinder } from "../conversation/anchors.ts";
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

/** Makes the audit report of a conversation that was judged. The same material gives the same report. */
export function auditReport(material: ReportMaterial): AuditReport {
  const { review, judgement, conversation, wordsHash, revision, formHash } = material;
  const { form } = review;
  const { score, range } = judgement;
  const sections = new Map(
    form.sections.flatMap((section) => [section, ...section.sections]).map(({ id, title }) => [id, title]),
  );
  const asks = new Map(questionsOf(form).map(({ question }) => [question.id, question.ask]));
  const find = evidenceReader(conversation, wordsHash);
  return {
    report: {
      schema: auditReportSchemaName,
      kind: "conversation",
      title: `${form.title}: ${conversation.title}`,
      createdAt: material.createdAt,
      createdBy: material.createdBy,
      earmark: material.version,
    },
    source: {
      conversationId: conversation.id,
      title: conversation.title,
      kind: conversation.kind,
      channel: conversation.channel,
      startedAt: conversation.startedAt,
      timeZone: conversation.timeZone,
      importedAt: conversation.importedAt,
      durationMs: conversation.durationMs,
      language: conversation.language,
      format: conversation.source.format,
      bytes: conversation.source.bytes,
      sha256: conversation.source.sha256,
      participants: conversation.participants.map(({ id, role, name }) => ({ id, role, name })),
      transcript: { wordsHash, revision },
    },
    form: { id: form.id, version: form.version, title: form.title, hash: formHash, snapshot: plainForm(form) as Json },
    result: {
      evaluationId: review.id,
      stage: review.stage,
      evaluator: review.evaluator,
      startedAt: review.startedAt,
      submittedAt: review.submittedAt,
      overall: score.overall.percent,
      conformity: score.conformity.percent,
      quality: score.quality.percent,
      band: score.band,
      passed: score.passed,
      lowest: range.lowest,
      highest: range.highest,
      sentence: range.sentence,
      provisional: judgement.provisional,
      criticalFailures: score.questions.flatMap(({ questionId, fails }) =>
        fails === null ? [] : [{ id: questionId, question: asks.get(questionId) ?? "", fails: failsText(fails, sections) }],
      ),
      sections: score.sections.map(({ sectionId, percent, band }) => ({
        id: sectionId,
        title: sections.get(sectionId) ?? sectionId,
        percent,
        band,
      })),
      comment: review.comment,
    },
    answers: judgement.questions.map((judged) => answerOf(judged, judgement, sections, find)),
    redaction: redactionOf(conversation, material.policy),
    provenance: {
      engine: conversation.provenance?.engine ?? null,
      device: conversation.provenance?.executionProvider ?? null,
      models: (conversation.provenance?.models ?? []).map(({ id, task, sha256, limited }) => ({ id, task, sha256, limited })),
      writings: material.writings,
      egress: material.egress,
      statement:
        material.egress.length === 0
          ? "Nothing of this conversation left the machine that it was judged on."
          : `${material.egress.length === 1 ? "One message" : `${material.egress.length} messages`} about this conversation left the machine that it was judged on; each is listed.`,
    },
    history: material.history,
  };
}

function failsText(fails: "form" | { readonly section: string }, sections: ReadonlyMap<string, string>): string {
  return fails === "form" ? "the whole checklist" : `the section “${sections.get(fails.section) ?? fails.section}”`;
}

function answerOf(
  { question, number, kind, sectionIds, answer, value, state, stale, doubt }: JudgedQuestion,
  { score }: Judgement,
  sections: ReadonlyMap<string, string>,
  find: (evidence: Evidence) => ReportEvidence,
): ReportAnswer {
  const { suggestion, decision } = answer;
  const own = score.questions.find(({ questionId }) => questionId === question.id);
  const say = (one: AnswerValue | null): string | null => (one === null ? null : valueText(question, one));
  const basis = decision ?? suggestion;
  return {
    number,
    id: question.id,
    section: sectionIds.map((id) => sections.get(id) ?? id).join(" / "),
    question: question.ask,
    kind,
    type: question.type,
    weight: own?.weight ?? 0,
    state,
    answer: say(value),
    decidedBy: value === null ? null : decision !== null ? "person" : (suggestion?.by ?? null),
    points: { earned: own?.earned ?? null, possible: own?.possible ?? possiblePoints(question) },
    fails: own?.fails == null ? null : failsText(own.fails, sections),
    machine:
      suggestion === null
        ? null
        : {
            by: suggestion.by,
            answer: say(suggestion.value),
            // A sentence of the machine's may quote what it rests on; what was hidden since is not quoted by it either.
            sentence: suggestion.evidence.some((one) => find(one).quote === null) ? withoutQuote : suggestion.sentence,
            confidence: suggestion.confidence,
            source: suggestion.source,
            unjudged: suggestion.unjudged,
          },
    person:
      decision === null
        ? null
        : {
            answer: valueText(question, decision.value),
            author: decision.author,
            at: decision.at,
            reason: decision.reason,
            override: decision.suggested !== null && say(decision.suggested) !== valueText(question, decision.value),
          },
    earlier: answer.earlier.map((one) => ({
      answer: valueText(question, one.value),
      author: one.author,
      at: one.at,
      reason: one.reason,
    })),
    comment: answer.comment,
    doubt: { amount: doubt.amount, reasons: doubt.reasons.map(({ text }) => text) },
    stale: stale.map(({ reason }) => reason),
    evidence: (basis?.evidence ?? []).map(find),
    searched: (basis?.searched ?? []).map(searchedText),
  };
}

/** Stands for a sentence whose words have been hidden or taken out. */
const withoutQuote = "The words that this rested on have been hidden or taken out since.";

/** What was searched in vain, as a sentence. */
function searchedText({ role, startMs, endMs, turnNumbers, doubtfulWords }: Absence): string {
  const who = role === null ? "everything that was said" : `what the ${role} said`;
  const turns = turnNumbers === null ? "there was none" : `turns ${turnNumbers.first} to ${turnNumbers.last}`;
  const doubt = doubtfulWords === 0 ? "" : `, ${doubtfulWords} words of it heard with doubt`;
  return `Searched ${who} from ${seconds(startMs)} to ${seconds(endMs)} (${turns}${doubt}).`;
}

function seconds(ms: number): string {
  const whole = Math.floor(ms / 1_000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function evidenceReader(conversation: Conversation, wordsHash: string): (evidence: Evidence) => ReportEvidence {
  const find = anchorFinder(conversation, wordsHash);
  const turns = new Map(conversation.turns.map((turn) => [turn.id, turn]));
  const people = new Map(conversation.participants.map((one) => [one.id, one]));
  return ({ stance, anchor }) => {
    const now = find(anchor);
    const speaker = people.get(turns.get(now.turnIds[0] ?? "")?.participantId ?? anchor.participantIds[0] ?? "");
    return {
      stance,
      speaker: speaker?.name ?? null,
      role: speaker?.role ?? null,
      startMs: now.startMs,
      endMs: now.endMs,
      quote: now.quote === null || now.state === "gone" ? null : now.text,
      wordIds: now.wordIds,
    };
  };
}

function redactionOf({ redactions = [], hidden = [] }: Conversation, policy: ReportMaterial["policy"]): AuditReport["redaction"] {
  const byType = new Map<string, number>();
  for (const { type } of redactions) byType.set(type, (byType.get(type) ?? 0) + 1);
  const told = [...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${type} ${count}`);
  const byRule =
    told.length === 0
      ? "Nothing was found that the policy hides."
      : `Hidden by rule before anything was stored for search or left the machine: ${told.join(", ")}.`;
  const byHand =
    hidden.length === 0 ? "" : ` ${hidden.length === 1 ? "One stretch" : `${hidden.length} stretches`} hidden by a person.`;
  return {
    statement: `${byRule}${byHand} Card security codes are kept in no form. This report holds no value that was hidden.`,
    policy,
    hidden: redactions.map(({ type, rule, how, startMs, endMs }) => ({ type, rule, how, startMs, endMs })),
  };
}
