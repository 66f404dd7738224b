import { type AnswerValue, valueText } from "../conformity/answer-value.ts";
import type { Absence, Evidence } from "../conformity/evidence.ts";
import { plainForm } from "../conformity/form-plain.ts";
import { questionsOf } from "../conformity/form-questions.ts";
import type { JudgedQuestion, Judgement } from "../conformity/review.ts";
import { possiblePoints } from "../conformity/scoring.ts";
import { anchorFinder } from "../conversation/anchors.ts";
import type { Conversation } from "../conversation/conversation.ts";
import {
  type AuditReport,
  auditReportSchemaName,
  type ReportAnswer,
  type ReportEvidence,
  type ReportMaterial,
} from "./audit-report-shape.ts";
import type { Json } from "./canonical-json.ts";

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
