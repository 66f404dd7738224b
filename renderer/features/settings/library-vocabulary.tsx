import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { type Vocabulary, writeVocabulary } from "../../../app/conversation/vocabulary.ts";
import { useTranslation } from "../../text/index.ts";
import { useTypedVocabulary, VocabularyField } from "../../ui/vocabulary-field.tsx";
import classes from "./settings.module.css";

/** The library's own words: used for everything that is heard from now on. Saved by hand, whole, and only when every line can be used. */
export function LibraryVocabulary({ vocabulary, save }: { vocabulary: Vocabulary; save: (vocabulary: Vocabulary) => void }) {
  const { t } = useTranslation();
  const [typed, type] = useTypedVocabulary(vocabulary);
  const [saved, setSaved] = useState(false);
  const changed = writeVocabulary(typed.vocabulary) !== writeVocabulary(vocabulary) || typed.problems.length > 0;
  const { terms, replacements } = vocabulary;
  const counts = {
    terms: t("hearing.terms", { count: terms.length }),
    replacements: t("hearing.replacements", { count: replacements.length }),
  };
  return (
    <div>
      <VocabularyField
        typed={typed}
        type={(text) => {
          setSaved(false);
          type(text);
        }}
      />
      <Group gap="xs" mt="xs">
        <Button
          variant="default"
          disabled={!changed || typed.problems.length > 0}
          onClick={() => {
            save(typed.vocabulary);
            setSaved(true);
          }}
        >
          {t("hearing.vocabularySave")}
        </Button>
        <span role="status" className={classes["quiet"]}>
          {changed ? t("hearing.vocabularyUnsaved") : saved ? t("hearing.vocabularySaved", counts) : ""}
        </span>
      </Group>
    </div>
  );
}
