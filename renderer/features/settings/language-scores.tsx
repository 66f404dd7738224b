import { ActionIcon, Button, NumberInput, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./language-scores.module.css";

interface EntityScoresProps {
  /** Scores from which on entities of a type count, by type. */
  readonly scores: Readonly<Record<string, number>>;
  /** The score that holds for all other types. */
  readonly usual: number;
  readonly save: (scores: Record<string, number>) => void;
}

/** Types of entities that count from a score of their own on. */
export function EntityScores({ scores, usual, save }: EntityScoresProps) {
  const { t } = useTranslation();
  const [type, setType] = useState("");
  const wanted = type.trim().toUpperCase();
  const isTaken = Object.hasOwn(scores, wanted);
  const add = () => {
    if (wanted === "" || isTaken) return;
    save({ ...scores, [wanted]: usual });
    setType("");
  };
  return (
    <fieldset className={classes["scores"]}>
      <legend>{t("language.byType")}</legend>
      {Object.entries(scores)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, score]) => (
          <div key={name} className={classes["score"]}>
            <NumberInput
              size="xs"
              label={name}
              value={score}
              min={0}
              max={1}
              step={0.05}
              decimalScale={3}
              clampBehavior="strict"
              onChange={(next) => {
                if (typeof next === "number" && next !== score) save({ ...scores, [name]: next });
              }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("language.removeType", { type: name })}
              onClick={() => save(Object.fromEntries(Object.entries(scores).filter(([each]) => each !== name)))}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </div>
        ))}
      <div className={classes["score"]}>
        <TextInput
          size="xs"
          label={t("language.type")}
          placeholder={t("language.typeHint")}
          maxLength={100}
          value={type}
          error={isTaken ? t("language.typeTaken") : null}
          onChange={(event) => setType(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") add();
          }}
        />
        <Button
          size="xs"
          variant="default"
          disabled={wanted === "" || isTaken}
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={add}
        >
          {t("language.addType")}
        </Button>
      </div>
    </fieldset>
  );
}
