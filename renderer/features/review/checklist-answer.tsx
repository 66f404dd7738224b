import { Button, Checkbox, NumberInput, TextInput } from "@mantine/core";
import { IconCpu, IconUserCheck } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { assertNever } from "../../../app/assert-never.ts";
import { type AnswerValue, choice, notApplicableAnswer } from "../../../app/conformity/answer-value.ts";
import type { Question } from "../../../app/conformity/form.ts";
import { optionsOf } from "../../../app/conformity/form-questions.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel, useChords } from "../../ui/actions/index.ts";
import { ChecklistField } from "./checklist-field.tsx";
import classes from "./checklist-question.module.css";
import type { AskedQuestion } from "./checklist-questions.ts";

interface AnswersProps {
  readonly conversationId: string;
  readonly evaluationId: string;
  readonly asked: AskedQuestion;
  readonly locked: boolean;
  /** The field of a number, a text or a date is open. */
  readonly writing: boolean;
  readonly setWriting: (open: boolean) => void;
  /** What is ticked of a question that takes several options, and not saved yet; null where nothing is. */
  readonly several: readonly string[] | null;
  readonly setSeveral: (chosen: readonly string[] | null) => void;
  readonly answer: (value: AnswerValue) => Promise<boolean>;
}

/** The options that the answer that counts has chosen. */
export function chosenOf({ judged: { value } }: AskedQuestion): readonly string[] {
  return value?.kind === "choice" ? value.options : [];
}

/** Options with one more, or one less. */
export function toggled(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
}

/** The ways to answer a question: the machine's suggestion dashed, the person's answer solid. */
export function Answers(props: AnswersProps) {
  const { t } = useTranslation();
  const { asked, locked, answer } = props;
  const { question, judged } = asked;
  const [skipKey] = useChords("checklist.notApplicable");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of buttons, no set of form fields
    <div className={classes["answers"]} role="group" aria-label={t("checklist.answers", { number: judged.number })}>
      <ByType {...props} />
      {question.notApplicable && (
        <OptionButton
          {...marksOf(asked, "not-applicable")}
          locked={locked}
          chord={skipKey}
          choose={() => void answer(notApplicableAnswer)}
        >
          {t("checklist.notApplicable")}
        </OptionButton>
      )}
    </div>
  );
}

function ByType(props: AnswersProps): ReactNode {
  const { question } = props.asked;
  switch (question.type) {
    case "yes-no":
    case "single":
      return <Options {...props} />;
    case "multiple":
      return <SeveralOptions {...props} />;
    case "numeric":
    case "text":
    case "date":
      return <Written {...props} question={question} />;
    default:
      return assertNever(question);
  }
}

/** Whose answer an option is. */
function marksOf({ judged }: AskedQuestion, id: string): { person: boolean; machine: boolean } {
  const has = (value: AnswerValue | null | undefined): boolean =>
    value?.kind === "choice" ? value.options.includes(id) : value?.kind === "not-applicable" && id === "not-applicable";
  return { person: has(judged.answer.decision?.value), machine: has(judged.answer.suggestion?.value) };
}

/** One answer as a button; both marks can be on it, and never look alike. */
function OptionButton({
  person,
  machine,
  locked,
  chord,
  choose,
  children,
}: {
  person: boolean;
  machine: boolean;
  locked: boolean;
  chord: string | undefined;
  choose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={classes["option"]}
      data-person={person || undefined}
      data-machine={machine || undefined}
      aria-pressed={person}
      aria-disabled={locked || undefined}
      onClick={() => {
        if (!locked) choose();
      }}
    >
      {person ? (
        <IconUserCheck size={13} aria-hidden="true" />
      ) : (
        machine && <IconCpu size={13} aria-hidden="true" data-sign="machine" />
      )}
      <span>{children}</span>
      {person && <span className="unseen">, {t("checklist.byPerson")}</span>}
      {machine && <span className="unseen">, {t("checklist.byMachine")}</span>}
      {chord !== undefined && !locked && (
        <span aria-hidden="true" className={classes["key"]}>
          {chordLabel(chord).join("+")}
        </span>
      )}
    </button>
  );
}

function Options({ asked, locked, answer }: AnswersProps) {
  const [yes] = useChords("checklist.yes");
  const [no] = useChords("checklist.no");
  const { question } = asked;
  const keyOf = (id: string, index: number): string | undefined =>
    question.type === "yes-no" ? (id === "yes" ? yes : no) : index < 9 ? String(index + 1) : undefined;
  return optionsOf(question).map(({ id, text }, index) => (
    <OptionButton
      key={id}
      {...marksOf(asked, id)}
      locked={locked}
      chord={keyOf(id, index)}
      choose={() => void answer(choice(id))}
    >
      {text}
    </OptionButton>
  ));
}

function SeveralOptions({ asked, locked, several, setSeveral, answer }: AnswersProps) {
  const { t } = useTranslation();
  const { question } = asked;
  const shown = several ?? chosenOf(asked);
  return (
    <div className={classes["several"]}>
      {optionsOf(question).map(({ id, text }, index) => (
        <Checkbox
          key={id}
          size="xs"
          disabled={locked}
          label={index < 9 ? `${index + 1}  ${text}` : text}
          description={marksOf(asked, id).machine ? t("checklist.byMachine") : undefined}
          checked={shown.includes(id)}
          onChange={() => setSeveral(toggled(shown, id))}
        />
      ))}
      {several !== null && (
        <div className={classes["formButtons"]}>
          {several.length === 0 && <small>{t("checklist.chooseSome")}</small>}
          <Button variant="default" size="compact-xs" onClick={() => setSeveral(null)}>
            {t("state.cancel")}
          </Button>
          <Button size="compact-xs" disabled={several.length === 0} onClick={() => void answer(choice(...several))}>
            {t("checklist.saveAnswer")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Written({
  question,
  asked: { judged },
  conversationId,
  evaluationId,
  locked,
  writing,
  setWriting,
  answer,
}: AnswersProps & { question: Extract<Question, { type: "numeric" | "text" | "date" }> }) {
  const { t } = useTranslation();
  const [key = ""] = useChords("checklist.write");
  const { value } = judged;
  if (locked) return null;
  if (!writing) {
    return (
      <button type="button" className={classes["option"]} onClick={() => setWriting(true)}>
        {t("checklist.answerText")}
        {key !== "" && (
          <span aria-hidden="true" className={classes["key"]}>
            {chordLabel(key).join("+")}
          </span>
        )}
      </button>
    );
  }
  const close = () => setWriting(false);
  switch (question.type) {
    case "text":
      return (
        <ChecklistField
          conversationId={conversationId}
          place={`checklist:${evaluationId}:${question.id}:text`}
          label={t("checklist.answerText")}
          initial={value?.kind === "text" ? value.text : ""}
          longest={20_000}
          mayBeEmpty={false}
          save={(text) => answer({ kind: "text", text })}
          close={close}
        />
      );
    case "numeric":
      return (
        <NumberField
          question={question}
          initial={value?.kind === "number" ? value.number : null}
          save={(number) => answer({ kind: "number", number })}
          close={close}
        />
      );
    case "date":
      return (
        <DateField
          initial={value?.kind === "date" ? value.date : ""}
          save={(date) => answer({ kind: "date", date })}
          close={close}
        />
      );
    default:
      return assertNever(question);
  }
}

function NumberField({
  question: { min, max, unit },
  initial,
  save,
  close,
}: {
  question: Extract<Question, { type: "numeric" }>;
  initial: number | null;
  save: (number: number) => Promise<boolean>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<number | string>(initial ?? "");
  const [missed, setMissed] = useState(false);
  const between =
    min !== undefined && max !== undefined
      ? t("checklist.numberBetween", { min, max })
      : min !== undefined
        ? t("checklist.numberFrom", { min })
        : max !== undefined
          ? t("checklist.numberTo", { max })
          : t("checklist.number");
  const number = typeof typed === "number" ? typed : Number.parseFloat(typed);
  const fits = Number.isFinite(number) && number >= (min ?? -Infinity) && number <= (max ?? Infinity);
  const finish = async () => {
    if (!fits) setMissed(true);
    else if (await save(number)) close();
  };
  return (
    <OneLine finish={finish} close={close}>
      <NumberInput
        data-autofocus
        label={between}
        error={missed && !fits ? (Number.isFinite(number) ? between : t("checklist.notANumber")) : null}
        suffix={unit === "" ? "" : ` ${unit}`}
        value={typed}
        clampBehavior="none"
        hideControls
        onChange={setTyped}
      />
    </OneLine>
  );
}

function DateField({ initial, save, close }: { initial: string; save: (date: string) => Promise<boolean>; close: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(initial);
  const [missed, setMissed] = useState(false);
  const finish = async () => {
    if (!/^\d{4}-\d\d-\d\d$/u.test(typed)) setMissed(true);
    else if (await save(typed)) close();
  };
  return (
    <OneLine finish={finish} close={close}>
      <TextInput
        data-autofocus
        type="date"
        label={t("checklist.answerText")}
        error={missed ? t("checklist.notADate") : null}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </OneLine>
  );
}

/** A form of one line: Enter saves, Escape leaves it. */
function OneLine({ finish, close, children }: { finish: () => Promise<void>; close: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  return (
    <form
      ref={form}
      className={classes["oneLine"]}
      onSubmit={(event) => {
        event.preventDefault();
        void finish();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      {children}
      <Button type="submit" size="compact-sm">
        {t("checklist.save")}
      </Button>
      <Button variant="default" size="compact-sm" onClick={close}>
        {t("state.cancel")}
      </Button>
    </form>
  );
}
