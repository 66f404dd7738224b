import { Button } from "@mantine/core";
import { IconUserQuestion } from "@tabler/icons-react";
import type { ProposedNameView } from "../../../app/contract/views.ts";
import { useTranslation } from "../../text/index.ts";
import { percent } from "../../ui/time.ts";
import classes from "./proposed-name.module.css";

/** Whom a voice sounds like: Earmark's guess, until a person says so. */
export function ProposedName({ proposed, accept }: { proposed: ProposedNameView; accept: () => void }) {
  const { t } = useTranslation();
  const { name, confidence, calls } = proposed;
  return (
    <div className={classes["proposed"]} data-testid="proposed-name">
      <span>
        <IconUserQuestion size={14} aria-hidden="true" />{" "}
        {t("voices.soundsLike", { name, percent: percent(confidence), count: calls })}
      </span>
      <Button size="compact-xs" variant="default" onClick={accept}>
        {t("voices.accept", { name })}
      </Button>
    </div>
  );
}
