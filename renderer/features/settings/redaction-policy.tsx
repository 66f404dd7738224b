import { Button, SegmentedControl } from "@mantine/core";
import {
  defaultRedactionPolicy,
  neverKept,
  type PersonalType,
  personalTypes,
  type RedactionPolicy,
  redactionPolicySchema,
  treatmentSchema,
} from "../../../app/insight/redaction-policy.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./redaction-policy.module.css";

/** What is done with each type of personal data: kept, masked with a label, or removed. */
export function RedactionPolicySettings({ policy, save }: { policy: RedactionPolicy; save: (policy: RedactionPolicy) => void }) {
  const { t } = useTranslation();
  const isUsual = personalTypes.every((type) => policy[type] === defaultRedactionPolicy[type]);
  const put = (type: PersonalType, value: string) => {
    const next = redactionPolicySchema.safeParse({ ...policy, [type]: value });
    if (next.success) save(next.data);
  };
  return (
    <div className={classes["policy"]}>
      <p className={classes["quiet"]}>{t("redaction.treatments")}</p>
      <table className={classes["table"]} aria-label={t("redaction.title")}>
        <thead>
          <tr>
            <th scope="col">{t("redaction.type")}</th>
            <th scope="col">{t("redaction.treatment")}</th>
            <th scope="col">{t("redaction.usual")}</th>
          </tr>
        </thead>
        <tbody>
          {personalTypes.map((type) => (
            <tr key={type}>
              <th scope="row">
                <span className={classes["name"]}>{t(`redaction.types.${type}.name`)}</span>
                <span className={classes["quiet"]}>{t(`redaction.types.${type}.what`)}</span>
              </th>
              <td>
                <SegmentedControl
                  size="xs"
                  aria-label={t("redaction.treatmentOf", { type: t(`redaction.types.${type}.name`) })}
                  value={policy[type]}
                  data={treatmentSchema.options.map((value) => ({
                    value,
                    label: t(`redaction.${value}`),
                    disabled: value === "keep" && neverKept.has(type),
                  }))}
                  onChange={(value) => put(type, value)}
                />
              </td>
              <td className={classes["quiet"]}>{t(`redaction.${defaultRedactionPolicy[type]}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes["quiet"]}>{t("redaction.never")}</p>
      <div className={classes["reset"]}>
        <Button variant="default" disabled={isUsual} onClick={() => save(defaultRedactionPolicy)}>
          {t("redaction.reset")}
        </Button>
        {isUsual && <span className={classes["quiet"]}>{t("redaction.isUsual")}</span>}
      </div>
    </div>
  );
}
