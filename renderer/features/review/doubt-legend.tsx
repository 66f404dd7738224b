import { Popover } from "@mantine/core";
import { useMemo } from "react";
import type { Turn, Word } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./still-listening.module.css";
import { doubtOf } from "./word-doubt.ts";

const kinds: readonly NonNullable<Word["doubt"]>[] = ["improbable", "repetition", "no-speech"];

/** How many words are in doubt, and what the signs on words mean; nothing where none has a sign. */
export function DoubtLegend({ turns }: { turns: readonly Turn[] }) {
  const { t } = useTranslation();
  const counts = useMemo(() => countsOf(turns), [turns]);
  const doubtful = kinds.reduce((sum, kind) => sum + counts[kind], 0);
  if (doubtful + counts.replaced === 0) return null;
  return (
    <Popover position="bottom-start" withArrow shadow="md" returnFocus>
      <Popover.Target>
        <button type="button" className={classes["legend"]} data-testid="doubt-legend">
          {doubtful > 0 ? t("hearing.doubts", { count: doubtful }) : t("hearing.replacedCount")}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes["card"] ?? ""}>
        {doubtful > 0 && (
          <>
            <p>{t("hearing.doubtsNote")}</p>
            <dl className={classes["kinds"]}>
              {kinds
                .filter((kind) => counts[kind] > 0)
                .map((kind) => (
                  <div key={kind} style={{ display: "contents" }}>
                    <dt>{counts[kind]}</dt>
                    <dd>{t(`hearing.doubt.${kind}`)}</dd>
                  </div>
                ))}
            </dl>
          </>
        )}
        {counts.replaced > 0 && <p>{t("hearing.replacedNote")}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}

function countsOf(turns: readonly Turn[]): Record<NonNullable<Word["doubt"]> | "replaced", number> {
  const counts = { improbable: 0, repetition: 0, "no-speech": 0, replaced: 0 };
  for (const word of turns.flatMap((turn) => turn.words)) {
    const doubt = doubtOf(word);
    if (doubt !== undefined) counts[doubt]++;
    if (word.heard !== undefined && word.redaction === undefined) counts.replaced++;
  }
  return counts;
}
