import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { PromptKind } from "../../../app/conformity/writing/prompt.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { lineDiff } from "./line-diff.ts";
import classes from "./versions.module.css";

/** What has versions. */
export interface Versioned {
  readonly kind: "checklist" | PromptKind;
  readonly id: string;
}

/** A version's text; of nothing while there is none to ask for. */
function useVersion(of: Versioned | null, version: number | null) {
  const { kind, id } = of ?? { kind: "checklist", id: "" };
  const isAsked = of !== null && version !== null;
  const asked = { id, version: version ?? 1 };
  const checklist = useCall("checklist.get", asked, { enabled: isAsked && kind === "checklist" });
  const place = { ...asked, kind: kind === "checklist" ? "prompt" : kind };
  const prompt = useCall("prompt.get", place, { enabled: isAsked && kind !== "checklist" });
  return kind === "checklist" ? checklist : prompt;
}

/** The versions of a checklist, a prompt or a workflow: each as it was written, held against another version or what stands in the editor. */
export function VersionsPanel({
  of,
  versions,
  text,
  bringBack,
}: {
  /** Null while a new one is written. */
  of: Versioned | null;
  /** The latest first. */
  versions: readonly number[];
  text: string;
  bringBack: (text: string) => void;
}) {
  const { t } = useTranslation();
  const [latest] = versions;
  const [chosen, setChosen] = useState<number | null>(null);
  const [other, setOther] = useState<number | null>(null);
  const [shown, setShown] = useState<"changes" | "whole">("changes");
  const version = chosen !== null && versions.includes(chosen) ? chosen : latest;
  const against = other !== null && versions.includes(other) && other !== version ? other : null;
  const one = useVersion(of, version ?? null);
  const base = useVersion(of, against);
  if (of === null || version === undefined) return <p className={classes["quiet"]}>{t("checklists.versions.none")}</p>;
  const failure = one.error ?? (against === null ? null : base.error);
  const compared = against === null ? text : base.data?.text;
  return (
    <div className={classes["panel"]} data-testid="checklist-versions">
      <div className={classes["choices"]}>
        <NativeSelect
          label={t("checklists.versions.choose")}
          value={String(version)}
          data={versions.map((each) => ({
            value: String(each),
            label: `${t("checklists.version", { version: each })}${each === latest ? ` (${t("checklists.versions.latest")})` : ""}`,
          }))}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        />
        <NativeSelect
          label={t("checklists.versions.against")}
          value={against === null ? "" : String(against)}
          data={[
            { value: "", label: t("checklists.versions.text") },
            ...versions
              .filter((each) => each !== version)
              .map((each) => ({ value: String(each), label: t("checklists.version", { version: each }) })),
          ]}
          onChange={(event) => setOther(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("checklists.versions.show")}
          value={shown}
          data={[
            { value: "changes", label: t("checklists.versions.changes") },
            { value: "whole", label: t("checklists.versions.whole") },
          ]}
          onChange={(value) => setShown(value === "whole" ? "whole" : "changes")}
        />
      </div>
      {failure !== null && <FailureNote compact live failure={failure} />}
      {one.data !== undefined &&
        (shown === "whole" ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keys
          <section tabIndex={0} aria-label={t("checklists.version", { version })}>
            <pre className={classes["text"]}>{one.data.text}</pre>
          </section>
        ) : (
          compared !== undefined && (
            <Changes before={one.data.text} after={compared} earlier={against === null || against > version} />
          )
        ))}
      {one.data !== undefined && one.data.text !== text && (
        <div>
          <Button
            variant="default"
            onClick={() => {
              bringBack(one.data.text);
              tell(t("checklists.versions.broughtBack", { version }));
            }}
          >
            {t("checklists.versions.bringBack")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What changed between two texts; `earlier` where the first is the earlier one. */
function Changes({ before, after, earlier }: { before: string; after: string; earlier: boolean }) {
  const { t } = useTranslation();
  const diff = earlier ? lineDiff(before, after) : lineDiff(after, before);
  if (diff.added === 0 && diff.removed === 0) return <p className={classes["quiet"]}>{t("checklists.versions.same")}</p>;
  return (
    <>
      <p className={classes["quiet"]} role="status">
        {t("checklists.versions.counts", { added: diff.added, removed: diff.removed })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long comparison is scrolled by keys */}
      <section className={classes["diff"]} tabIndex={0} aria-label={t("checklists.versions.changes")}>
        {diff.parts.map((part) =>
          part.kind === "skipped" ? (
            <p key={part.key} className={classes["skipped"]}>
              {t("checklists.versions.skipped", { count: part.count })}
            </p>
          ) : (
            part.lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
              <p key={`${part.key} ${index}`} className={classes["line"]} data-kind={part.kind}>
                <span aria-hidden="true">{part.kind === "added" ? "+" : part.kind === "removed" ? "−" : " "}</span>
                {part.kind !== "same" && <span className="unseen">{t(`checklists.versions.${part.kind}`)}: </span>}
                <code>{line}</code>
              </p>
            ))
          ),
        )}
      </section>
    </>
  );
}
