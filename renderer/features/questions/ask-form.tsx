import { Button, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Link } from "wouter";
import { longestQuestion, type QuestionShape } from "../../../app/conformity/writing/question.ts";
import type { QuestionScope } from "../../../app/contract/question-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { PlanNote } from "./plan-note.tsx";
import classes from "./questions.module.css";
import { useAsking } from "./use-asking.ts";

const shapes = ["text", "yes-no", "options"] as const satisfies readonly QuestionShape["kind"][];
const answerers = ["writer", "search"] as const;

/** A field for a question, how it is to be answered, and what would be sent before anything is. */
export function AskForm({
  scope,
  label,
  fieldId,
  asked,
}: {
  scope: QuestionScope;
  label: string;
  fieldId: string;
  /** Hears the id of what was asked. */
  asked: (id: string) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<QuestionShape["kind"]>("text");
  const [options, setOptions] = useState("");
  const [by, setBy] = useState<(typeof answerers)[number]>("writer");
  const hasWriter = (useCall("settings.get", {}).data?.writer.engine ?? "none") !== "none";
  const asking = useAsking((id) => {
    setText("");
    asked(id);
  });
  const offered = options
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const shape: QuestionShape = kind === "options" ? { kind, options: offered } : { kind };
  const isWhole = text.trim() !== "" && (kind !== "options" || (offered.length >= 2 && offered.length <= 20));
  const byNow = hasWriter ? by : "search";
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (isWhole && !asking.busy) asking.begin({ question: { text: text.trim(), shape, scope, by: byNow } });
  };
  const hear = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form className={classes["form"]} aria-label={label} onSubmit={submit}>
      <Textarea
        id={fieldId}
        label={t("questions.ask.field")}
        placeholder={t("questions.ask.hint")}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={longestQuestion}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          asking.dismiss();
        }}
        onKeyDown={hear}
      />
      {byNow === "writer" && (
        <SegmentedControl
          size="xs"
          aria-label={t("questions.ask.shape")}
          value={kind}
          data={shapes.map((value) => ({ value, label: t(`questions.ask.shapes.${value}`) }))}
          onChange={(value) => {
            setKind(shapes.find((each) => each === value) ?? "text");
            asking.dismiss();
          }}
        />
      )}
      {byNow === "writer" && kind === "options" && (
        <TextInput
          size="xs"
          label={t("questions.ask.options")}
          description={t("questions.ask.optionsNote")}
          placeholder={t("questions.ask.optionsHint")}
          value={options}
          onChange={(event) => {
            setOptions(event.currentTarget.value);
            asking.dismiss();
          }}
        />
      )}
      <div className={classes["buttons"]}>
        {hasWriter && (
          <SegmentedControl
            size="xs"
            aria-label={t("questions.ask.by")}
            value={by}
            data={answerers.map((value) => ({ value, label: t(`questions.ask.bys.${value}`) }))}
            onChange={(value) => {
              setBy(answerers.find((each) => each === value) ?? "writer");
              asking.dismiss();
            }}
          />
        )}
        <Button type="submit" size="xs" disabled={!isWhole} loading={asking.busy && asking.plan === null}>
          {t("questions.ask.go")}
        </Button>
      </div>
      <p className={classes["quiet"]}>
        {hasWriter ? t(by === "writer" ? "questions.ask.saidBefore" : "questions.ask.staysChosen") : t("questions.ask.stays")}{" "}
        {!hasWriter && <Link href="/settings#writer">{t("questions.ask.toWriter")}</Link>}
      </p>
      <PlanNote asking={asking} text={text} />
    </form>
  );
}
