import { Button } from "@mantine/core";
import type { BucketPlan } from "../../../app/contract/intake-views.ts";
import { useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { moment, size } from "../../ui/time.ts";
import classes from "./intake.module.css";

/** Objects shown of a dry run. */
const mostShown = 100;

/** What would come out of a bucket, with sizes, before anything is fetched. */
export function DryRun({ plan }: { plan: BucketPlan | null }) {
  const { t } = useTranslation();
  const run = useAct("intake.dryRun", undefined, "inPlace");
  return (
    <>
      <div>
        <Button
          variant="default"
          disabled={plan === null}
          loading={run.isPending}
          onClick={() => {
            if (plan !== null) run.mutate({ plan, limit: mostShown });
          }}
        >
          {t("intake.bucket.dryRun")}
        </Button>
      </div>
      {run.isError && <FailureNote live failure={run.error} />}
      <div role="status">
        {run.data !== undefined && (
          <p>
            {run.data.total === 0
              ? t("intake.bucket.wouldNone")
              : t("intake.bucket.would", { count: run.data.total, size: size(run.data.bytes) })}{" "}
            {run.data.known > 0 && t("intake.bucket.already", { count: run.data.known })}
          </p>
        )}
      </div>
      {run.data !== undefined && run.data.objects.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        <section className={classes["wide"]} aria-label={t("intake.bucket.objects")} tabIndex={0}>
          <table className={classes["table"]} data-testid="dry-run">
            <thead>
              <tr>
                <th scope="col">{t("intake.bucket.file")}</th>
                <th scope="col">{t("intake.bucket.bytes")}</th>
                <th scope="col">{t("intake.bucket.at")}</th>
              </tr>
            </thead>
            <tbody>
              {run.data.objects.map((object) => (
                <tr key={object.key} data-known={object.known}>
                  <th scope="row">{object.key}</th>
                  <td>{size(object.bytes)}</td>
                  <td>{object.at === null ? "" : moment(object.at, (time) => t("state.today", { time }))}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {run.data.total + run.data.known > run.data.objects.length && (
            <p className={classes["quiet"]}>{t("intake.bucket.first", { count: run.data.objects.length })}</p>
          )}
        </section>
      )}
    </>
  );
}
