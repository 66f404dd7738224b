import { Checkbox, NumberInput } from "@mantine/core";
import { type SealingPolicy, sealingPolicySchema } from "../../../app/insight/originals.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./redaction-policy.module.css";

const { types: typesSchema } = sealingPolicySchema.shape;

/** For how long, and of which types, what was hidden can be brought back. */
export function SealingPolicySettings({ policy, save }: { policy: SealingPolicy; save: (policy: SealingPolicy) => void }) {
  const { t } = useTranslation();
  const put = (change: Partial<SealingPolicy>) => {
    const next = sealingPolicySchema.safeParse({ ...policy, ...change });
    if (next.success) save(next.data);
  };
  return (
    <div className={classes["policy"]}>
      <p className={classes["quiet"]}>{t("redaction.sealing.note")}</p>
      <NumberInput
        size="xs"
        maw={220}
        label={t("redaction.sealing.days")}
        description={t("redaction.sealing.daysNote")}
        min={0}
        max={3650}
        allowDecimal={false}
        clampBehavior="strict"
        value={policy.days}
        onChange={(days) => put({ days: Number(days) })}
      />
      <fieldset className={classes["types"]}>
        <legend>{t("redaction.sealing.types")}</legend>
        {typesSchema.element.options.map((type) => (
          <Checkbox
            key={type}
            size="xs"
            label={t(`redaction.types.${type}.name`)}
            checked={policy.types.includes(type)}
            onChange={(event) => {
              const others = policy.types.filter((one) => one !== type);
              put({ types: event.currentTarget.checked ? [...others, type] : others });
            }}
          />
        ))}
      </fieldset>
      <p className={classes["quiet"]}>{t("redaction.sealing.never")}</p>
    </div>
  );
}
