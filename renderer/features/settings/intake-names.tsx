import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import {
  type NameRules,
  nameRulesSchema,
  postCallAnalyticsRules,
  readName,
  usualNameRules,
} from "../../../app/formats/name-rules.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import engine from "./engine.module.css";
import classes from "./intake.module.css";

const fields = ["date", "dateParts", "timeZone", "contact", "agent", "customer", "queue", "direction"] as const;
type Field = (typeof fields)[number];

/** A name that shows what the patterns do while nothing has been brought in. */
const example = "Auto1_GUID_001_AGENT_AndrewK_DT2025-02-20T07-55-51.wav";

/** Patterns for names of files, and what they read off real ones while they are being edited. */
export function IntakeNames({ rules, save }: { rules: NameRules; save: (rules: NameRules) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(rules);
  const [sample, setSample] = useState("");
  useEffect(() => setDraft(rules), [rules]);
  const names = useCall("intake.names", {}).data?.names ?? [];
  const isGood = (field: Field): boolean => nameRulesSchema.shape[field].safeParse(draft[field]).success;
  const settle = () => {
    const next = nameRulesSchema.safeParse(draft);
    if (next.success && fields.some((field) => next.data[field] !== rules[field])) save(next.data);
  };
  // A field that is being typed must not empty the preview of the others.
  const shown: NameRules = { ...draft };
  for (const field of fields) if (!isGood(field)) shown[field] = rules[field];
  const fault = (field: Field): string =>
    field === "timeZone" ? t("intake.names.badZone") : field === "dateParts" ? t("intake.names.badParts") : t("intake.names.bad");
  const tried = [
    ...new Set([...(sample.trim() === "" ? [] : [sample.trim()]), ...names, ...(names.length === 0 ? [example] : [])]),
  ];
  return (
    <>
      <div className={engine["pair"]}>
        {fields.map((field) => (
          <TextInput
            key={field}
            label={t(`intake.names.${field}`)}
            {...(field === "dateParts" ? { description: t("intake.names.datePartsNote") } : {})}
            value={draft[field]}
            spellCheck={false}
            autoComplete="off"
            error={isGood(field) ? null : fault(field)}
            onChange={(event) => setDraft({ ...draft, [field]: event.currentTarget.value })}
            onBlur={settle}
            onKeyDown={(event) => {
              if (event.key === "Enter") settle();
            }}
          />
        ))}
      </div>
      <TextInput
        label={t("intake.names.sample")}
        value={sample}
        maxLength={500}
        spellCheck={false}
        onChange={(event) => setSample(event.currentTarget.value)}
      />
      <NamesRead names={tried} rules={shown} />
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={() => save(usualNameRules)}>
          {t("intake.names.usual")}
        </Button>
        <Button variant="default" onClick={() => save(postCallAnalyticsRules)}>
          {t("intake.names.pca")}
        </Button>
      </div>
    </>
  );
}

const columns = ["date", "contact", "agent", "customer", "queue", "direction"] as const;

function NamesRead({ names, rules }: { names: readonly string[]; rules: NameRules }) {
  const { t, i18n } = useTranslation();
  const dates = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "medium", timeZone: rules.timeZone });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={classes["wide"]} aria-label={t("intake.names.preview")} tabIndex={0}>
      <table className={classes["table"]} data-testid="names-read">
        <caption>{t("intake.names.preview")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("intake.names.name")}</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`intake.names.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const read = readName(name, rules);
            const values = [
              read.startedAt === null ? null : dates.format(new Date(read.startedAt)),
              read.contactId,
              read.agent,
              read.customer,
              read.queue,
              read.direction,
            ];
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {columns.map((column, index) => (
                  <td key={column}>{values[index] ?? t("intake.names.nothing")}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
