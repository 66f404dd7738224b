import { Button, Loader } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { errorCodes, type Failure, toFailure } from "../../app/contract/errors.ts";
import { isConnectionLost } from "../bridge/index.ts";
import type { ErrorText } from "../text/errors.ts";
import { useTranslation } from "../text/index.ts";
import classes from "./states.module.css";

/** What a page shows when there is nothing in it: what it is for, and one button to begin. */
export function EmptyState({
  title,
  body,
  icon,
  children,
}: {
  title: string;
  body: ReactNode;
  icon?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className={classes["empty"]}>
      {icon !== undefined && (
        <div className={classes["emptyIcon"]} aria-hidden="true">
          {icon}
        </div>
      )}
      <h2>{title}</h2>
      <p>{body}</p>
      {children !== undefined && <div className={classes["emptyActions"]}>{children}</div>}
    </section>
  );
}

/** A quiet sign that a whole page is on its way. */
export function PageLoading() {
  const { t } = useTranslation();
  return (
    <div className={classes["loading"]} role="status">
      <Loader size="sm" aria-hidden="true" />
      <h1 className="unseen">{t("state.loading")}</h1>
    </div>
  );
}

/** The page of an address that names nothing. */
export function NothingHere() {
  const { t } = useTranslation();
  return <EmptyState title={t("app.notFound")} body={<Link href="/">{t("app.toLibrary")}</Link>} />;
}

/** Plain data about anything thrown or told; an unknown code counts as `internal`. */
export function asFailure(failure: unknown): Failure {
  if (typeof failure === "object" && failure !== null && !(failure instanceof Error) && "code" in failure) {
    const { code, message } = failure as { code: unknown; message?: unknown };
    const known = errorCodes.find((each) => each === code);
    return { code: known ?? "internal", message: typeof message === "string" ? message : String(code), details: {} };
  }
  return toFailure(failure);
}

/** A failure in words: what happened, what was kept, what to do; the technical message folded away. */
export function FailureNote({
  failure,
  actions,
  live = false,
  compact = false,
}: {
  failure: unknown;
  actions?: ReactNode;
  live?: boolean;
  compact?: boolean;
}) {
  const { t } = useTranslation();
  const plain = asFailure(failure);
  const text = t(isConnectionLost(failure) ? "state.lost" : `errors.${plain.code}`, { returnObjects: true });
  return (
    <div
      className={classes["failure"]}
      data-compact={compact || undefined}
      data-code={plain.code}
      role={live ? "alert" : undefined}
    >
      <FailureWords text={text} detail={compact || plain.message === "" ? "" : `${plain.code}: ${plain.message}`} />
      {actions !== undefined && <div className={classes["failureActions"]}>{actions}</div>}
    </div>
  );
}

function FailureWords({ text, detail }: { text: ErrorText; detail: string }) {
  const { t } = useTranslation();
  return (
    <>
      <IconAlertTriangle size={18} aria-hidden="true" className={classes["failureIcon"]} />
      <div className={classes["failureText"]}>
        <strong>{text.title}</strong>{" "}
        <span>
          {text.kept} {text.action}
        </span>
        {detail !== "" && (
          <details>
            <summary>{t("state.technical")}</summary>
            <code>{detail}</code>
          </details>
        )}
      </div>
    </>
  );
}

/** A place that cannot be drawn: what happened, what was kept, what to do. */
export function BrokenNote({ text, detail, actions }: { text: ErrorText; detail: string; actions: ReactNode }) {
  return (
    <div className={classes["pageFailure"]} data-testid="broken">
      <h1 className="unseen">{text.title}</h1>
      <div className={classes["failure"]} role="alert">
        <FailureWords text={text} detail={detail} />
        <div className={classes["failureActions"]}>{actions}</div>
      </div>
    </div>
  );
}

/** A page whose data could not be read; `nested` where the page has its heading already. */
export function PageFailure({ failure, again, nested = false }: { failure: unknown; again: () => void; nested?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={classes["pageFailure"]}>
      {!nested && <h1 className="unseen">{t(`errors.${asFailure(failure).code}.title`)}</h1>}
      <FailureNote
        live
        failure={failure}
        actions={
          asFailure(failure).code === "not-found" ? (
            <Link href="/">{t("app.toLibrary")}</Link>
          ) : (
            <Button variant="default" onClick={again}>
              {t("state.retry")}
            </Button>
          )
        }
      />
    </div>
  );
}
