import { Button, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { quoted, speakers } from "../../../app/conversation/search-query.ts";
import { useTranslation } from "../../text/index.ts";
import { changeView } from "../library/index.ts";
import classes from "./insights.module.css";

const whens = { any: "", first30: " before:30s", first60: " before:60s", first300: " before:5m", after300: " after:5m" } as const;
type When = keyof typeof whens;
const sinces = ["any", "7d", "30d", "90d"] as const;

/** Looks for words by who said them, when in the conversation, and since when; the library shows what is found. */
export function SaidSearch() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [words, setWords] = useState("");
  const [by, setBy] = useState("");
  const [when, setWhen] = useState<When>("any");
  const [since, setSince] = useState<(typeof sinces)[number]>("any");
  const find = () => {
    if (words.trim() === "") return;
    const narrowed = `${by === "" ? "" : ` by:${by}`}${whens[when]}`;
    changeView({ text: `said:${quoted(words.trim())}${narrowed}${since === "any" ? "" : ` date:${since}`}`, scrollTop: 0 });
    navigate("/");
  };
  return (
    <search aria-label={t("insights.find.title")}>
      <form
        className={classes["controls"]}
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <TextInput
          size="xs"
          className={classes["words"] ?? ""}
          label={t("insights.find.words")}
          placeholder={t("insights.find.wordsHint")}
          maxLength={200}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t("insights.find.by")}
          allowDeselect={false}
          value={by}
          data={[
            { value: "", label: t("insights.find.anybody") },
            ...speakers.map((value) => ({ value: value as string, label: t(`role.${value}`) })),
          ]}
          onChange={(value) => setBy(value ?? "")}
        />
        <Select
          size="xs"
          label={t("insights.find.when")}
          allowDeselect={false}
          value={when}
          data={(Object.keys(whens) as When[]).map((value) => ({ value, label: t(`insights.find.whens.${value}`) }))}
          onChange={(value) => {
            if (value !== null) setWhen(value as When);
          }}
        />
        <Select
          size="xs"
          label={t("insights.find.since")}
          allowDeselect={false}
          value={since}
          data={sinces.map((value) => ({ value, label: t(`insights.find.sinces.${value}`) }))}
          onChange={(value) => setSince(sinces.find((each) => each === value) ?? "any")}
        />
        <Button type="submit" size="xs" variant="default" leftSection={<IconSearch size={14} aria-hidden="true" />}>
          {t("insights.find.run")}
        </Button>
      </form>
    </search>
  );
}
