import { IconCpu } from "@tabler/icons-react";
import { Link } from "wouter";
import { valueText } from "../../../app/conformity/answer-value.ts";
import type { Question, ScoreKind } from "../../../app/conformity/form.ts";
import { optionsOf } from "../../../app/conformity/form-questions.ts";
import type { JudgedQuestionView, ShownEvidence } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../../ui/time.ts";
import classes from "./preview.module.css";
import { type RuleOutcome, ruleLines } from "./rule-lines.ts";

/** Places that are shown under an answer. */
const mostPlaces = 4;

interface PreviewQuestionProps {
  readonly question: Question;
  readonly kind: ScoreKind;
  readonly judged: JudgedQuestionView;
  readonly conversationId: string;
  readonly title: string;
}

/** A question as a reviewer would find it: the machine's answer, the words under it, and what its rule means. */
export function PreviewQuestion({ question, kind, judged, conversationId, title }: PreviewQuestionProps) {
  const { t } = useTranslation();
  const { suggestion } = judged.answer;
  const isAsked = judged.state !== "not-asked";
  const isCritical =
    question.type === "numeric"
      ? question.ranges.some(({ critical }) => critical !== undefined)
      : optionsOf(question).some(({ critical }) => critical !== undefined);
  const rest = judged.evidence.length - mostPlaces;
  return (
    <li className={classes["question"]} data-not-asked={!isAsked || undefined} data-question={question.id}>
      <div className={classes["ask"]}>
        <span className="numeric">{judged.number}.</span>
        <p>{question.ask}</p>
        <Answer question={question} judged={judged} />
      </div>
      <div className={classes["under"]}>
        <p className={classes["quiet"]}>
          {t(`checklist.kind.${kind}`)}
          {isCritical && <> · {t("checklist.critical")}</>} ·{" "}
          {question.scored ? t("checklist.weight", { weight: question.weight }) : t("checklist.unscored")}
        </p>
        {question.instructions !== "" && <p className={classes["quiet"]}>{question.instructions}</p>}
        {isAsked && judged.evidence.length > 0 && (
          <ul className={classes["places"]}>
            {judged.evidence.slice(0, mostPlaces).map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same words can stand under an answer twice
              <li key={index}>
                <Place one={one} conversationId={conversationId} title={title} />
              </li>
            ))}
            {rest > 0 && <li className={classes["quiet"]}>{t("checklists.preview.more", { count: rest })}</li>}
          </ul>
        )}
        {isAsked && suggestion !== null && suggestion.searched.length > 0 && judged.evidence.length === 0 && (
          <ul className={classes["quiet"]}>
            {suggestion.searched.slice(0, 2).map(({ what, startMs, endMs }) => (
              <li key={`${what} ${startMs}`}>
                {t("checklists.preview.searched", { what: shortened(what) })}{" "}
                <span className="numeric">
                  ({clock(startMs)}–{clock(endMs)})
                </span>
              </li>
            ))}
          </ul>
        )}
        {isAsked && suggestion !== null && suggestion.unjudged.length > 0 && (
          <p className={classes["quiet"]}>{t("checklists.preview.unjudged", { reasons: suggestion.unjudged.join("; ") })}</p>
        )}
        <RuleMeaning question={question} />
      </div>
    </li>
  );
}

/** A list of phrases can be as long as a page: its beginning says what was looked for. */
const longestSearched = 160;

function shortened(text: string): string {
  return text.length <= longestSearched ? text : `${text.slice(0, longestSearched).trimEnd()}…`;
}

function Answer({ question, judged }: { question: Question; judged: JudgedQuestionView }) {
  const { t } = useTranslation();
  if (judged.state === "not-asked") return <span className={classes["open"]}>{t("checklists.preview.notAsked")}</span>;
  if (judged.value !== null) {
    return (
      <span className={classes["machine"]}>
        <IconCpu size={13} aria-hidden="true" /> {t("checklists.preview.machine", { value: valueText(question, judged.value) })}
      </span>
    );
  }
  const { answeredBy } = question;
  const byWriter = typeof answeredBy === "object" && "writer" in answeredBy;
  return <span className={classes["open"]}>{t(byWriter ? "checklists.preview.writer" : "checklists.preview.person")}</span>;
}

function Place({ one, conversationId, title }: { one: ShownEvidence; conversationId: string; title: string }) {
  const { t } = useTranslation();
  const time = clock(one.startMs);
  const quote = one.quote === null ? t("checklists.preview.gone") : one.quote === "" ? t("checklists.preview.sound") : one.quote;
  const address = new URLSearchParams({ t: String(one.startMs), ...(one.turnId === null ? {} : { turn: one.turnId }) });
  const against = one.evidence.stance === "against";
  return (
    <Link href={`/conversation/${encodeURIComponent(conversationId)}?${address.toString()}`}>
      <span className="unseen">{t("checklists.preview.openAt", { title })}</span>
      <span className="numeric">{time}</span>
      {one.role !== null && <span className={classes["quiet"]}>{t(`role.${one.role}`)}</span>}
      <q data-none={one.quote === null || one.quote === "" || undefined}>{quote}</q>
      {against && <small>{t("checklist.against")}</small>}
    </Link>
  );
}

/** What the rule of a question means, folded away. */
function RuleMeaning({ question }: { question: Question }) {
  const { t } = useTranslation();
  const lines = ruleLines(question);
  if (lines.length === 0) return null;
  const outcome = (of: RuleOutcome, isFirst: boolean): string => {
    if (of.kind === "said") return of.text;
    const text = t(of.kind === "for-a-person" ? "checklists.preview.leftOut" : "checklists.outcome.notApplicable");
    return isFirst ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text.toLowerCase();
  };
  return (
    <details className={classes["rule"]}>
      <summary>{t("checklists.preview.rule")}</summary>
      {lines.map((line) => {
        if (line.kind === "applies") {
          return <p key="applies">{t("checklists.preview.ruleApplies", { sentence: line.sentence })}</p>;
        }
        if (line.kind === "figure") return <p key="figure">{t("checklists.preview.ruleFigure", { figure: line.figure })}</p>;
        if (line.kind === "else") {
          return <p key="else">{t("checklists.preview.ruleElse", { outcome: outcome(line.outcome, false) })}</p>;
        }
        return (
          <p key={line.sentence}>
            {t("checklists.preview.ruleYes", { outcome: outcome(line.outcome, true), sentence: line.sentence })}
          </p>
        );
      })}
    </details>
  );
}
