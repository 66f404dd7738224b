import { assertNever } from "../../../app/assert-never.ts";
import type { Change } from "../../../app/contract/editing-views.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import { shortQuote } from "./comments-anchor.ts";
import classes from "./editing.module.css";
import type { Voice } from "./voices.ts";

/** Every change that was ever made to a conversation, the latest first: who, when, what, and whether it holds. */
export function History({ conversationId, voices }: { conversationId: string; voices: ReadonlyMap<string, Voice> }) {
  const { t } = useTranslation();
  const history = useCall("conversation.history", { id: conversationId });
  if (history.data === undefined) return history.isError ? <FailureNote failure={history.error} compact /> : null;
  const { changes } = history.data;
  if (changes.length === 0) return <p>{t("reviewing.history.none")}</p>;
  return (
    <ol className={classes["history"]} data-testid="history">
      {changes.toReversed().map((change) => (
        <Entry key={change.changeId} change={change} voices={voices} />
      ))}
    </ol>
  );
}

function Entry({ change, voices }: { change: Change; voices: ReadonlyMap<string, Voice> }) {
  const { t } = useTranslation();
  const { operations, state, at, author } = change;
  const said = [...new Set(operations.map((operation) => t(`reviewing.operation.${operation.kind}`)))].join(", ");
  const [only] = operations;
  const detail = operations.length === 1 && only !== undefined ? detailOf(only, voices, t("reviewing.tookOut")) : "";
  return (
    <li data-state={state}>
      <span>
        {said}
        {detail !== "" && `: ${detail}`}
      </span>
      <small>
        {author}, {moment(at, (time) => t("state.today", { time }))}
        {state !== "holds" && `, ${t(`reviewing.history.${state}`)}`}
      </small>
    </li>
  );
}

/** What of a correction can be said in a few words. */
export function detailOf(operation: Operation, voices: ReadonlyMap<string, Voice>, tookOut: string): string {
  const name = (id: string) => voices.get(id)?.name ?? "";
  switch (operation.kind) {
    case "retext-words":
    case "retext-turn":
      return operation.text === "" ? tookOut : shortQuote(operation.text);
    case "rename-speaker":
      return operation.name;
    case "reassign-turn":
    case "reassign-words":
    case "set-role":
      return name(operation.participantId);
    case "merge-participants":
      return name(operation.intoId);
    case "redact":
      return operation.reason === undefined ? `[${operation.label}]` : `[${operation.label}], ${operation.reason}`;
    case "restore":
      return operation.reason;
    case "swap-roles":
    case "split-turn":
    case "merge-turns":
    case "add-participant":
    case "retime-word":
    case "retime-turn":
    case "mark-doubt-settled":
      return "";
    default:
      return assertNever(operation);
  }
}
