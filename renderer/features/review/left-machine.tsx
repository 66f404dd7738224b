import { useEffect } from "react";
import type { EgressView } from "../../../app/contract/engine-views.ts";
import type { EngineAdjustment } from "../../../app/conversation/conversation.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { moment, size } from "../../ui/time.ts";
import classes from "./left-machine.module.css";

/** What left this machine of a conversation, summed up, and every object of it when it is asked for. */
export function LeftMachine({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const egress = useCall("conversation.egress", { id: conversationId });
  const { refetch } = egress;
  // Objects come and go while nobody tells of it: each look at the tab is a new one.
  useEffect(() => void refetch(), [refetch]);
  if (egress.data === undefined) return egress.isError ? <FailureNote failure={egress.error} compact /> : null;
  const { records } = egress.data;
  if (records.length === 0) return <p className={classes["quiet"]}>{t("engine.leftNothing")}</p>;
  const sent = records.filter((record) => record.bytes > 0);
  const removed = records.filter((record) => record.operation === "DeleteObject");
  const places = [...new Set(sent.map(placeOf))].join(", ");
  return (
    <div className={classes["left"]}>
      <p>
        {t("engine.leftSum", {
          bytes: size(sent.reduce((sum, record) => sum + record.bytes, 0)),
          count: sent.length,
          places,
          removed: new Set(removed.map((record) => record.destination)).size,
        })}
      </p>
      <details onToggle={() => void refetch()}>
        <summary>{t("engine.leftAll")}</summary>
        <ol className={classes["objects"]} aria-label={t("engine.leftList")}>
          {records.map((record) => (
            <LeftObject key={`${record.at} ${record.operation} ${record.destination}`} record={record} />
          ))}
        </ol>
      </details>
    </div>
  );
}

/** The bucket, or the endpoint: a person asks where it went, not under which key. */
function placeOf({ destination }: EgressView): string {
  return /^s3:\/\/([^/]+)\//u.exec(destination)?.[1] ?? destination;
}

function LeftObject({ record }: { record: EgressView }) {
  const { t } = useTranslation();
  const known = (["PutObject", "DeleteObject", "InvokeEndpoint", "InvokeEndpointAsync", "GetCallerIdentity"] as const).find(
    (one) => one === record.operation,
  );
  return (
    <li title={record.sha256 === null ? undefined : `SHA-256 ${record.sha256}`}>
      <span>{known === undefined ? record.operation : t(`engine.operations.${known}`)}</span>
      {record.bytes > 0 && <span className="numeric">{size(record.bytes)}</span>}
      <span className="numeric">{moment(record.at, (time) => t("state.today", { time }))}</span>
      <span className={classes["where"]}>{record.destination}</span>
    </li>
  );
}

/** What the engine had to do otherwise than it was set to, each with its reason. Nothing where it had not to. */
export function Adjustments({ adjustments }: { adjustments: readonly EngineAdjustment[] | undefined }) {
  const { t } = useTranslation();
  if (adjustments === undefined || adjustments.length === 0) return null;
  return (
    <ul className={classes["adjustments"]} aria-label={t("engine.adjustments")}>
      {adjustments.map((one) => (
        <li key={`${one.kind} ${one.from} ${one.to}`}>
          {t(`engine.adjusted.${one.kind}`, { from: one.from, to: one.to })} <small>{one.reason}</small>
        </li>
      ))}
    </ul>
  );
}
