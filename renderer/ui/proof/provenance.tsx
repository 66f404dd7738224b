import type { ReactNode } from "react";
import { useTranslation } from "../../text/index.ts";
import { count, percent } from "../time.ts";
import classes from "./proof.module.css";

/** Who answered something, by what prompt, on which words, and what that took. */
export interface MadeBy {
  readonly model: string;
  readonly region: string | null;
  readonly prompt: { readonly id: string; readonly version: number };
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cost: number | null;
  /** SHA-256 of the requests; the record of egress has the same. */
  readonly requests: readonly string[];
  readonly revision: string;
  readonly confidence: number | null;
}

/** How something was answered, folded away. */
export function Provenance({ by, children }: { by: MadeBy; children?: ReactNode }) {
  const { t } = useTranslation();
  const tokens =
    by.inputTokens === null || by.outputTokens === null
      ? t("state.unknown")
      : t("questions.made.tokensOf", { input: count(by.inputTokens), output: count(by.outputTokens) });
  return (
    <details className={classes["made"]}>
      <summary>{t("questions.answer.why")}</summary>
      <dl>
        <Fact name={t("questions.made.model")}>{by.model}</Fact>
        {by.region !== null && <Fact name={t("questions.made.place")}>{by.region}</Fact>}
        <Fact name={t("questions.made.prompt")}>{t("questions.made.promptVersion", by.prompt)}</Fact>
        <Fact name={t("questions.made.tokens")}>{tokens}</Fact>
        {by.cost !== null && <Fact name={t("questions.made.cost")}>{costText(by.cost)}</Fact>}
        {by.confidence !== null && <Fact name={t("questions.made.confidence")}>{percent(by.confidence)}</Fact>}
        <Fact name={t("questions.made.revision")}>
          <code>{by.revision}</code>
        </Fact>
        <Fact name={t("questions.made.requests")}>
          {by.requests.map((hash) => (
            <code key={hash}>{hash}</code>
          ))}
        </Fact>
      </dl>
      {children}
    </details>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A cost in the currency that the prices are in: two figures that say something. */
export function costText(cost: number): string {
  return new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumSignificantDigits: cost < 1 ? 2 : 6 }).format(cost);
}
