import { Progress } from "@mantine/core";
import { IconEar } from "@tabler/icons-react";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../../ui/time.ts";
import classes from "./still-listening.module.css";

/** Says above the transcript that it is still being heard, and up to where. */
export function StillListening({ untilMs, durationMs }: { untilMs: number; durationMs: number }) {
  const { t } = useTranslation();
  const share = durationMs > 0 ? Math.min(1, untilMs / durationMs) : 0;
  return (
    <aside className={classes["band"]} aria-label={t("hearing.listening")} data-testid="still-listening">
      <p>
        <IconEar size={15} aria-hidden="true" />
        <strong>{t("hearing.listening")}.</strong>{" "}
        <span className={classes["quiet"]}>{t("hearing.heardTo", { time: clock(untilMs), duration: clock(durationMs) })}</span>
      </p>
      <Progress size="xs" value={share * 100} aria-label={t("hearing.progress")} />
    </aside>
  );
}
