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
  const asked = records.filter((record) => record.service === "comprehend");
  const written = records.filter((record) => isWriter(record));
  const sent = records.filter((record) => record.bytes > 0 && record.service !== "comprehend" && !isWriter(record));
  const removed = records.filter((record) => record.operation === "DeleteObject");
  const places = [...new Set(sent.map(placeOf))].join(", ");
  return (
    <div className={classes["left"]}>
      {sent.length > 0 && (
        <p>
          {t("engine.leftSum", {
            bytes: size(sent.reduce((sum, record) => sum + record.bytes, 0)),
            count: sent.length,
            places,
            removed: new Set(removed.map((record) => record.destination)).size,
          })}
        </p>
      )}
      {asked.length > 0 && (
        <p>
          {t("language.leftSum", {
            bytes: size(asked.reduce((sum, record) => sum + record.bytes, 0)),
            count: asked.length,
            places: [...new Set(asked.map(({ region, destination }) => region ?? destination))].join(", "),
          })}
        </p>
      )}
      {written.length > 0 && (
        <p>
          {t("writer.leftSum", {
            bytes: size(written.reduce((sum, record) => sum + record.bytes, 0)),
            count: written.length,
            places: [...new Set(written.map(({ region, destination }) => region ?? destination))].join(", "),
          })}
        </p>
      )}
      <details onToggle={() => void refetch()}>
        <summary>{t("engine.leftAll")}</summary>
        <ol className={classes["objects"]} aria-label={t("engine.leftList")}>
          {records.map((record) => (
            <LeftObject key={`${record.at} ${record.operation} ${record.destination} ${record.sha256 ?? ""}`} record={record} />
          ))}
        </ol>
      </details>
    </div>
  );
}

function isWriter({ service }: EgressView): boolean {
  return service === "bedrock-runtime" || service === "writer-endpoint";
}

/** The bucket, or the endpoint: a person asks where it went, not under which key. */
function placeOf({ destination }: EgressView): string {
  return /^s3:\/\/([^/]+)\//u.exec(destination)?.[1] ?? destination;
}

const objectOperations = ["PutObject", "DeleteObject", "InvokeEndpoint", "InvokeEndpointAsync", "GetCallerIdentity"] as const;
const languageOperations = ["BatchDetectSentiment", "BatchDetectEntities", "DetectEntities"] as const;

const writerOperations = ["Converse", "ConverseStream", "ChatCompletions"] as const;
const writerFields = ["turns.role", "turns.time"] as const;

function LeftObject({ record }: { record: EgressView }) {
  const { t } = useTranslation();
  const object = objectOperations.find((one) => one === record.operation);
  const reading = languageOperations.find((one) => one === record.operation);
  const writing = writerOperations.find((one) => one === record.operation);
  return (
    <li title={record.sha256 === null ? undefined : `SHA-256 ${record.sha256}`}>
      <span>
        {object !== undefined
          ? t(`engine.operations.${object}`)
          : reading !== undefined
            ? t(`language.operations.${reading}`)
            : writing !== undefined
              ? t(`writer.operations.${writing}`)
              : record.operation}
      </span>
      {record.bytes > 0 && <span className="numeric">{size(record.bytes)}</span>}
      <span className="numeric">{moment(record.at, (time) => t("state.today", { time }))}</span>
      <span className={classes["where"]}>
        {record.service}: {record.destination}
        {record.fields !== undefined && record.fields.length > 0 && (
          <>
            {", "}
            {record.fields
              .map((field) => {
                const known = writerFields.find((one) => one === field);
                if (known !== undefined) return t(`writer.fields.${known === "turns.role" ? "role" : "time"}`);
                return field === "turns.text" ? t("language.fields.text") : t("language.fields.other", { field });
              })
              .join(", ")}
          </>
        )}
      </span>
      {record.sha256 !== null && (
        <code className={classes["hash"]} title={record.sha256}>
          {t("language.hash", { hash: record.sha256.slice(0, 12) })}
        </code>
      )}
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
