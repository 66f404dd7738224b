import { Button, CloseButton, Progress } from "@mantine/core";
import { IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { CallOutput } from "../../../app/contract/api.ts";
import { breakText, findingText } from "../../../app/report/finding-text.ts";
import { call, on } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { asFailure, FailureNote } from "../../ui/states.tsx";
import { count } from "../../ui/time.ts";
import classes from "./ledger.module.css";

/** Findings shown at most; a ledger that was written anew would list thousands. */
const mostShown = 200;

type Outcome =
  | { readonly state: "idle" }
  | { readonly state: "running"; readonly done: number; readonly of: number }
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly failure: unknown }
  | { readonly state: "done"; readonly found: CallOutput<"ledger.verify"> };

/** Verifying, and what came of it. */
export type Verifying = Outcome & { readonly begin: () => void; readonly stop: () => void; readonly dismiss: () => void };

/** Has the ledger verified; how far it has come is told. */
export function useVerifying(): Verifying {
  const [outcome, setOutcome] = useState<Outcome>({ state: "idle" });
  useEffect(
    () =>
      on("ledger.verifying", ({ done, of }) =>
        setOutcome((before) => (before.state === "running" ? { state: "running", done, of } : before)),
      ),
    [],
  );
  const begin = () => {
    setOutcome({ state: "running", done: 0, of: 0 });
    call("ledger.verify", {}).then(
      (found) => setOutcome({ state: "done", found }),
      (failure: unknown) =>
        setOutcome(asFailure(failure).code === "cancelled" ? { state: "cancelled" } : { state: "failed", failure }),
    );
  };
  const stop = () => void call("ledger.stopVerifying", {}).catch((failure: unknown) => setOutcome({ state: "failed", failure }));
  return { ...outcome, begin, stop, dismiss: () => setOutcome({ state: "idle" }) };
}

/** How far verifying has come, or exactly what was found. */
export function VerifyResult({ verifying, show }: { verifying: Verifying; show: (seq: number) => void }) {
  const { t } = useTranslation();
  switch (verifying.state) {
    case "idle":
      return null;
    case "running": {
      const { done, of, stop } = verifying;
      return (
        <div className={classes["verdict"]} data-state="running">
          <span role="status">{t("ledger.verifying", { done: count(done), of: of === 0 ? "…" : count(of) })}</span>
          <Progress
            className={classes["progress"] ?? ""}
            value={of === 0 ? 0 : (100 * done) / of}
            aria-label={t("ledger.verify")}
          />
          <Button variant="default" onClick={stop}>
            {t("state.cancel")}
          </Button>
        </div>
      );
    }
    case "cancelled":
      return (
        <div className={classes["verdict"]} data-state="cancelled">
          <p role="status">{t("ledger.cancelled")}</p>
          <CloseButton aria-label={t("state.dismiss")} onClick={verifying.dismiss} />
        </div>
      );
    case "failed":
      return <FailureNote live failure={verifying.failure} />;
    case "done":
      return <Found found={verifying.found} show={show} dismiss={verifying.dismiss} />;
  }
}

function Found({
  found: { sound, findings, breaks, entries },
  show,
  dismiss,
}: {
  found: CallOutput<"ledger.verify">;
  show: (seq: number) => void;
  dismiss: () => void;
}) {
  const { t } = useTranslation();
  const Icon = sound ? IconShieldCheck : IconShieldX;
  return (
    <section className={classes["verdict"]} data-state={sound ? "sound" : "altered"} data-testid="ledger-verdict">
      <Icon size={20} aria-hidden="true" />
      <div className={classes["verdictWords"]}>
        <p role={sound ? "status" : "alert"}>
          <strong>{t(sound ? "ledger.sound" : "ledger.altered")}</strong>{" "}
          {sound ? t("ledger.soundNote", { count: entries ?? 0, of: count(entries ?? 0) }) : t("ledger.alteredNote")}
        </p>
        {findings.length > 0 && (
          <ul className={classes["findings"]} aria-label={t("ledger.findings")}>
            {findings.slice(0, mostShown).map((finding) => (
              <li key={`${finding.kind} ${finding.path} ${finding.seq} ${finding.field}`}>
                {findingText(finding)}
                {finding.seq !== undefined && finding.kind !== "entry-removed" && finding.kind !== "ledger-truncated" && (
                  <Button variant="subtle" size="compact-xs" onClick={() => show(finding.seq ?? 0)}>
                    {t("ledger.show", { seq: finding.seq })}
                  </Button>
                )}
              </li>
            ))}
            {findings.length > mostShown && <li>{t("ledger.more", { count: findings.length - mostShown })}</li>}
          </ul>
        )}
        {breaks.length > 0 && (
          <ul className={classes["findings"]} aria-label={t("ledger.breaks")}>
            {breaks.map((one) => (
              <li key={one.seq}>{breakText(one)}</li>
            ))}
          </ul>
        )}
      </div>
      <CloseButton aria-label={t("state.dismiss")} onClick={dismiss} />
    </section>
  );
}
