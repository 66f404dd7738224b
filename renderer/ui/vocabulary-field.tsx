import { Button, FileButton, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { readVocabulary, type Vocabulary, type VocabularyProblem, writeVocabulary } from "../../app/conversation/vocabulary.ts";
import { useTranslation } from "../text/index.ts";
import classes from "./vocabulary-field.module.css";

/** Problems named at most; the others are counted. */
const named = 5;
/** Largest file that is taken into the field, in bytes. */
const largestFile = 1_000_000;

/** Terms and replacements as typed, and what can be read of them. */
export interface TypedVocabulary {
  readonly text: string;
  readonly vocabulary: Vocabulary;
  readonly problems: readonly VocabularyProblem[];
}

/** A vocabulary as it is typed, beginning with one that there is. */
export function useTypedVocabulary(vocabulary: Vocabulary): [TypedVocabulary, (text: string) => void] {
  const [text, setText] = useState(() => writeVocabulary(vocabulary));
  return [{ text, ...readVocabulary(text) }, setText];
}

/** The field in which a vocabulary is typed or taken from a file; lines that cannot be used are named under it. */
export function VocabularyField({ typed, type }: { typed: TypedVocabulary; type: (text: string) => void }) {
  const { t } = useTranslation();
  const reset = useRef<() => void>(null);
  const [refused, setRefused] = useState(false);
  const { problems } = typed;
  const take = async (file: File | null) => {
    reset.current?.();
    if (file === null) return;
    setRefused(file.size > largestFile);
    if (file.size > largestFile) return;
    const brought = (await file.text()).trim();
    type(typed.text.trim() === "" ? brought : `${typed.text.trimEnd()}\n${brought}`);
  };
  const error =
    problems.length === 0
      ? refused && t("hearing.vocabularyTooLarge")
      : [
          t("hearing.problems", { count: problems.length }),
          ...problems.slice(0, named).map(({ line, fault }) => t(`hearing.problem.${fault}`, { line })),
        ].join(". ");
  return (
    <div className={classes["field"]}>
      <Textarea
        label={t("hearing.vocabularyLabel")}
        description={t("hearing.vocabularyHint")}
        placeholder={t("hearing.vocabularyExample")}
        classNames={{ input: classes["lines"] ?? "" }}
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        value={typed.text}
        error={error}
        onChange={(event) => {
          setRefused(false);
          type(event.currentTarget.value);
        }}
      />
      <FileButton resetRef={reset} accept=".csv,.txt,.tsv,text/plain,text/csv" onChange={(file) => void take(file)}>
        {(props) => (
          <Button variant="default" size="xs" {...props}>
            {t("hearing.vocabularyFile")}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
