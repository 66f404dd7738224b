import { useTranslation } from "../../text/index.ts";
import classes from "./categories.module.css";
import { type RuleExample, ruleExamples } from "./rule-examples.ts";

/** What a rule can ask for, each with an example to be copied from. */
export function RuleHelp() {
  const { t } = useTranslation();
  return (
    <details className={classes["help"]}>
      <summary>{t("rules.help.title")}</summary>
      <p className={classes["quiet"]}>{t("rules.help.fields")}</p>
      <dl>
        {(Object.keys(ruleExamples) as RuleExample[]).map((name) => (
          <div key={name}>
            <dt>{t(`rules.help.${name}`)}</dt>
            <dd>
              <pre>{ruleExamples[name]}</pre>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
