import type { Evidence } from "../../../app/conformity/evidence.ts";
import type { WritingView } from "../../../app/contract/writing-views.ts";
import { useTranslation } from "../../text/index.ts";
import { QuoteList, type QuoteTarget } from "./quote-list.tsx";
import classes from "./written-value.module.css";

type Value = NonNullable<WritingView["value"]>;

/** A written value by its kind: a text, what was chosen, a number, a day, or entries with fields and quotes of their own. */
export function WrittenValue({
  value,
  output,
  quotes,
  target,
}: {
  value: Value;
  output: WritingView["output"];
  quotes: readonly Evidence[];
  target: QuoteTarget;
}) {
  const { t } = useTranslation();
  switch (value.kind) {
    case "text":
      return <p className={classes["text"]}>{value.text}</p>;
    case "choice": {
      const texts = new Map(output.kind === "choice" ? output.options.map(({ id, text }) => [id, text]) : []);
      return <p className={classes["value"]}>{value.options.map((id) => texts.get(id) ?? id).join(", ")}</p>;
    }
    case "number":
      return (
        <p className={classes["value"]}>
          {value.number}
          {output.kind === "number" && output.unit !== "" && ` ${output.unit}`}
        </p>
      );
    case "date":
      return <p className={classes["value"]}>{value.date}</p>;
    case "not-applicable":
      return <p className={classes["value"]}>{t("checklist.notApplicable")}</p>;
    case "list":
      if (value.items.length === 0) return <p className={classes["quiet"]}>{t("writing.noneFound")}</p>;
      return (
        <ul className={classes["entries"]}>
          {value.items.map((item, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries of a list that does not change have no name but their place
            <li key={place}>
              <Fields fields={item.fields} output={output} />
              <QuoteList quotes={item.quotes.flatMap((at) => quotes[at] ?? [])} target={target} />
            </li>
          ))}
        </ul>
      );
  }
}

/** The fields of an entry in the prompt's order: the first is what it says, the others are named. */
function Fields({ fields, output }: { fields: Readonly<Record<string, string>>; output: WritingView["output"] }) {
  const { t } = useTranslation();
  const names = output.kind === "list" ? output.fields.map(({ name }) => name) : Object.keys(fields);
  const [first = "", ...rest] = names.filter((name) => (fields[name] ?? "") !== "");
  return (
    <>
      <p className={classes["text"]}>{fields[first]}</p>
      {rest.length > 0 && (
        <dl className={classes["fields"]}>
          {rest.map((name) => (
            <div key={name}>
              <dt>{t(`writing.fields.${name as "owner"}`, { defaultValue: inWords(name) })}</dt>
              <dd>{fields[name]}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

/** A field's name as words: "promisedBy" is "Promised by". */
function inWords(name: string): string {
  const words = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/gu, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
