import { useCallback } from "react";
import { assertNever } from "../../../app/assert-never.ts";
import { useTranslation } from "../../text/index.ts";
import { percent } from "../../ui/time.ts";
import { type Mark, plain } from "./marks.ts";

/** Says of a mark what it is, and which engine, rule or person put it there. */
export function useMarkTitle(): (mark: Mark) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ kind, what, origin }) => {
      const one = t(`marks.one.${kind}`);
      switch (origin.by) {
        case "reader": {
          const type = t(`insight.types.${what as "OTHER"}`, { defaultValue: plain(what) });
          return t("marks.entity", { type, by: t(`marks.source.${origin.source}`), score: percent(origin.score) });
        }
        case "rule":
          return t("marks.category", { name: what, sentence: origin.sentence });
        case "cues":
          return t("marks.telling", { kind: one });
        case "vendor":
          return kind === "category"
            ? t("marks.vendorCategory", { name: what, source: origin.source })
            : t("marks.vendor", { kind: one, source: origin.source });
        case "redaction":
          return t("marks.redaction", { what: plain(what), rule: origin.rule, why: t(`marks.why.${origin.why}`) });
        case "person":
          return t("marks.redactionPerson", { what: plain(what), author: origin.author });
        case "file":
          return t("marks.redactionFile", { what: plain(what) });
        default:
          return assertNever(origin);
      }
    },
    [t],
  );
}
