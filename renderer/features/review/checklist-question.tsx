import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCpu, IconLink, IconUserCheck } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { isOverride } from "../../../app/conformity/answer.ts";
import { type AnswerValue, choice, valueText } from "../../../app/conformity/answer-value.ts";
import type { ShownEvidence } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { moment, percent } from "../../ui/time.ts";
import { isTyping } from "../../ui/typing.ts";
import { Answers, chosenOf, toggled } from "./checklist-answer.tsx";
import type { Deciding } from "./checklist-deciding.ts";
import { Doubts, EvidenceList } from "./checklist-evidence.tsx";
import { ChecklistField } from "./checklist-field.tsx";
import type { OpenChecklist } from "./checklist-open.ts";
import classes from "./checklist-question.module.css";
import { type AskedQuestion, isCritical, optionAt } from "./checklist-questions.ts";

/** A field that is open beside a question. */
export type OpenField = "reason" | "comment" | "value";

/** What a question is shown with. */
export interface QuestionProps {
  readonly conversationId: string;
  readonly evaluationId: string;
  readonly asked: AskedQuestion;
  /** The person is here: all that is known of it is shown. */
  readonly isCurrent: boolean;
  /** It can be reached by Tab. */
  readonly isStop: boolean;
  /** What was submitted is read, and no more. */
  readonly locked: boolean;
  readonly failsIt: boolean;
  readonly isWriting: boolean;
  readonly deciding: Deciding;
  readonly field: OpenField | null;
  readonly setField: (field: OpenField | null) => void;
  readonly showsInstructions: boolean;
  readonly setShowsInstructions: (shown: boolean) => void;
  readonly stand: (questionId: string) => void;
  readonly play: (evidence: ShownEvidence) => void;
  readonly attach: () => void;
}

/** One question: the machine's suggestion and the person's answer, what they rest on, and the ways to decide. */
export function ChecklistQuestion(props: QuestionProps) {
  const { t } = useTranslation();
  const { asked, isCurrent, isStop, failsIt, deciding, locked, stand } = props;
  const { question, judged } = asked;
  const { id } = question;
  const [several, setSeveral] = useState<readonly string[] | null>(null);
  const here = useRef<HTMLElement>(null);
  const answer = async (value: AnswerValue): Promise<boolean> => {
    const taken = await deciding.answer(asked, value);
    if (taken) setSeveral(null);
    return taken;
  };
  const isIt = judged.state;
  return (
    <article
      ref={here}
      id={`question-${id}`}
      className={classes["question"]}
      data-question={id}
      data-state={isIt}
      data-current={isCurrent || undefined}
      data-fails={failsIt || undefined}
      aria-label={t("checklist.question", { number: judged.number, ask: question.ask, state: t(`checklist.state.${isIt}`) })}
      aria-current={isCurrent || undefined}
      // The keys of the checklist act on the question with the focus.
      tabIndex={isStop ? 0 : -1}
      onFocus={() => stand(id)}
      onKeyDown={(event) => {
        if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || locked) return;
        const option = /^[1-9]$/u.test(event.key) ? optionAt(question, Number(event.key)) : null;
        if (option !== null) {
          if (question.type === "multiple") setSeveral(toggled(several ?? chosenOf(asked), option));
          else void answer(choice(option));
        } else if (event.key === "Enter" && several !== null && several.length > 0 && event.target === here.current) {
          void answer(choice(...several));
        } else return;
        event.preventDefault();
      }}
    >
      <header>
        <span className={classes["number"]}>{judged.number}</span>
        <h3>{question.ask}</h3>
        <span className={classes["chips"]}>
          <ValueChip asked={asked} />
          <StateChip asked={asked} />
        </span>
      </header>
      {isIt === "stale" && <Stale {...props} />}
      {isCurrent && (
        <div className={classes["body"]}>
          <p className={classes["meta"]}>
            {t(`checklist.kind.${judged.kind}`)}
            {isCritical(question) && (
              <>
                {" · "}
                <strong>{t("checklist.critical")}</strong>
              </>
            )}
            {" · "}
            {question.scored ? t("checklist.weight", { weight: question.weight }) : t("checklist.unscored")}
          </p>
          {question.instructions !== "" && (
            <details
              className={classes["instructions"]}
              open={props.showsInstructions}
              onToggle={(event) => props.setShowsInstructions(event.currentTarget.open)}
            >
              <summary>{t("checklist.instructions")}</summary>
              <p>{question.instructions}</p>
            </details>
          )}
          <Answers
            conversationId={props.conversationId}
            evaluationId={props.evaluationId}
            asked={asked}
            locked={locked}
            writing={props.field === "value"}
            setWriting={(open) => {
              props.setField(open ? "value" : null);
              if (!open) refocus(id);
            }}
            several={several}
            setSeveral={setSeveral}
            answer={answer}
          />
          {props.isWriting && (
            <p role="status" className={classes["quiet"]}>
              {t("checklist.writing")}
            </p>
          )}
          <Opinions asked={asked} />
          <Reason {...props} />
          {deciding.failed?.questionId === id && <FailureNote live compact failure={deciding.failed.failure} />}
          <EvidenceList asked={asked} play={props.play} />
          <Pending {...props} />
          <Doubts asked={asked} />
          <Comment {...props} />
          {!locked && <Tools {...props} />}
          <Earlier asked={asked} />
        </div>
      )}
    </article>
  );
}

/** The answer that counts, in short: dashed from the machine, solid from a person. */
function ValueChip({ asked: { question, judged } }: { asked: AskedQuestion }) {
  const { t } = useTranslation();
  const { value, answer } = judged;
  if (value === null || judged.state === "not-asked") return null;
  const byPerson = answer.decision !== null;
  const text = value.kind === "not-applicable" ? t("checklist.notApplicable") : valueText(question, value);
  return (
    <span className={classes["value"]} data-by={byPerson ? "person" : "machine"}>
      {byPerson ? <IconUserCheck size={12} aria-hidden="true" /> : <IconCpu size={12} aria-hidden="true" />}
      <span className={classes["valueText"]}>{text}</span>
      <span className="unseen">, {t(byPerson ? "checklist.byPerson" : "checklist.byMachine")}</span>
    </span>
  );
}

/** Where a question asks for a person's eye, said in a chip; what is settled is told by its answer alone. */
function StateChip({ asked: { judged } }: { asked: AskedQuestion }) {
  const { t } = useTranslation();
  const { state } = judged;
  if (state !== "stale" && state !== "for-a-person" && state !== "unanswered") return null;
  return (
    <span className={classes["state"]} data-state={state}>
      {state === "stale" && <IconAlertTriangle size={12} aria-hidden="true" />}
      {t(`checklist.chip.${state}`)}
    </span>
  );
}

/** Why an answer does not hold any more, and the two ways on. */
function Stale({ asked, deciding, locked, isCurrent }: QuestionProps) {
  const { t } = useTranslation();
  const { judged } = asked;
  const value = judged.answer.decision?.value;
  return (
    <div className={classes["stale"]}>
      <ul>
        {judged.stale.map(({ kind, reason, startMs }) => (
          <li key={`${kind} ${startMs} ${reason}`}>{reason}</li>
        ))}
      </ul>
      {isCurrent && !locked && value !== undefined && (
        <div className={classes["tools"]}>
          <Button size="compact-xs" variant="default" onClick={() => void deciding.answer(asked, value)}>
            {t("checklist.stillSo")}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => deciding.withdraw(asked)}>
            {t("checklist.anew")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What the machine thinks and what a person decided, each in its own manner. */
function Opinions({ asked: { question, judged } }: { asked: AskedQuestion }) {
  const { t } = useTranslation();
  const { suggestion, decision } = judged.answer;
  return (
    <>
      {suggestion !== null && (
        <div className={classes["machine"]}>
          <IconCpu size={13} aria-hidden="true" />
          <div>
            <strong>{t(suggestion.by === "writer" ? "checklist.writer" : "checklist.machine")}</strong>{" "}
            {/* What a rule says begins with its answer. */}
            {(suggestion.by === "writer" || suggestion.sentence === "") &&
              (suggestion.value === null
                ? t("checklist.leaves")
                : t("checklist.suggests", { value: valueText(question, suggestion.value) }))}
            {suggestion.confidence !== null && (
              <small> ({t("checklist.sure", { percent: percent(suggestion.confidence) })})</small>
            )}
            {suggestion.sentence !== "" && <p>{suggestion.sentence}</p>}
          </div>
        </div>
      )}
      {decision !== null && (
        <div className={classes["person"]}>
          <IconUserCheck size={13} aria-hidden="true" />
          <div>
            <strong>{t("checklist.decided", { name: decision.author, value: valueText(question, decision.value) })}</strong>
            {isOverride(decision) && decision.suggested !== null && (
              <small> {t("checklist.decidedOtherwise", { value: valueText(question, decision.suggested) })}</small>
            )}
            {decision.reason !== null && <p>{decision.reason}</p>}
          </div>
        </div>
      )}
    </>
  );
}

/** The field for a reason: opened by the person, or by an answer that cannot be without one. */
function Reason({ conversationId, evaluationId, asked, deciding, field, setField, locked }: QuestionProps) {
  const { t } = useTranslation();
  const { question, judged } = asked;
  const waiting = deciding.waiting?.questionId === question.id ? deciding.waiting : null;
  const value = waiting?.value ?? judged.answer.decision?.value;
  if (locked || value === undefined || (waiting === null && field !== "reason")) return null;
  return (
    <ChecklistField
      key={waiting === null ? "change" : "missing"}
      conversationId={conversationId}
      place={`checklist:${evaluationId}:${question.id}:reason`}
      label={t("checklist.reasonFor", { value: valueText(question, value) })}
      initial={judged.answer.decision?.reason ?? ""}
      fault={waiting === null ? null : t("checklist.reasonMissing")}
      mayBeEmpty={waiting === null}
      save={(reason) => deciding.answer(asked, value, reason)}
      close={() => {
        deciding.setWaiting(null);
        setField(null);
        refocus(question.id);
      }}
    />
  );
}

function Pending({ asked: { question }, deciding }: QuestionProps) {
  const { t } = useTranslation();
  const places = deciding.pendingOf(question.id);
  if (places.length === 0) return null;
  return (
    <p className={classes["quiet"]} role="status">
      {t("checklist.pending", { count: places.length })}{" "}
      <Button size="compact-xs" variant="subtle" onClick={() => deciding.letGo(question.id)}>
        {t("checklist.letGo")}
      </Button>
    </p>
  );
}

function Comment({ conversationId, evaluationId, asked, deciding, field, setField, locked }: QuestionProps) {
  const { t } = useTranslation();
  const { question, judged } = asked;
  const { comment } = judged.answer;
  if (field !== "comment" || locked) return comment === null ? null : <p className={classes["comment"]}>{comment}</p>;
  return (
    <ChecklistField
      conversationId={conversationId}
      place={`checklist:${evaluationId}:${question.id}:comment`}
      label={t("checklist.comment", { number: judged.number })}
      initial={comment ?? ""}
      save={(text) => deciding.comment(question.id, text)}
      close={() => {
        setField(null);
        refocus(question.id);
      }}
    />
  );
}

function Tools({ asked, deciding, setField, attach }: QuestionProps) {
  const { t } = useTranslation();
  const { decision, suggestion, comment } = asked.judged.answer;
  const suggested = suggestion?.value ?? null;
  return (
    <div className={classes["tools"]}>
      {decision === null && suggested !== null && (
        <Button size="compact-xs" onClick={() => void deciding.answer(asked, suggested)}>
          {t("checklist.accept", { value: valueText(asked.question, suggested) })}
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" leftSection={<IconLink size={13} aria-hidden="true" />} onClick={attach}>
        {t("checklist.attach")}
      </Button>
      {decision !== null && (
        <Button size="compact-xs" variant="subtle" onClick={() => setField("reason")}>
          {t(decision.reason === null ? "checklist.reasonWrite" : "checklist.reasonChange")}
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" onClick={() => setField("comment")}>
        {comment === null ? t("checklist.commentWrite") : t("checklist.comment", { number: asked.judged.number })}
      </Button>
      {decision !== null && (
        <Button size="compact-xs" variant="subtle" onClick={() => deciding.withdraw(asked)}>
          {t("checklist.withdraw")}
        </Button>
      )}
    </div>
  );
}

function Earlier({ asked: { question, judged } }: { asked: AskedQuestion }) {
  const { t } = useTranslation();
  const { earlier } = judged.answer;
  if (earlier.length === 0) return null;
  return (
    <details className={classes["earlier"]}>
      <summary>{t("checklist.earlier", { count: earlier.length })}</summary>
      <ol>
        {earlier.toReversed().map(({ at, author, value, reason }) => (
          <li key={at}>
            {t("checklist.earlierLine", {
              when: moment(at, (time) => t("state.today", { time })),
              name: author,
              value: valueText(question, value),
            })}
            {reason !== null && <span className={classes["quiet"]}> {reason}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Gives the focus back to a question after a field of it is gone. */
function refocus(questionId: string): void {
  requestAnimationFrame(() => document.getElementById(`question-${questionId}`)?.focus({ preventScroll: true }));
}

/** Lets the eye follow the focus: the question is brought into view once it has opened. */
export function useInView(questionId: string | null, { asked, heeded }: Pick<OpenChecklist, "asked" | "heeded">): void {
  useEffect(() => {
    if (asked === heeded.current || questionId === null) return;
    const found = document.getElementById(`question-${questionId}`);
    if (found === null) return;
    heeded.current = asked;
    found.focus({ preventScroll: true });
    found.scrollIntoView({ block: "nearest" });
  });
}
