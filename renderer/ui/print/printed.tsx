import { useEffect, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { useLocation } from "wouter";
import type { CallOutput } from "../../../app/contract/api.ts";
import { keyOf, memory } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../time.ts";
import classes from "./printed.module.css";

/**
 * A conversation as it is printed: whole, in black on white, without the controls. It is drawn when the printing begins,
 * since the page itself holds only the turns on screen, and taken away again afterwards.
 */
export function Printed({ version }: { version: string }) {
  const [printing, setPrinting] = useState(false);
  const [location] = useLocation();
  const id = conversationAt(location);
  useEffect(() => {
    // The browser takes its picture as soon as the event is over.
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  const view =
    printing && id !== null ? memory.getQueryData<CallOutput<"conversation.get">>(keyOf("conversation.get", { id })) : undefined;
  return view === undefined ? null : createPortal(<Paper conversation={view.conversation} version={version} />, document.body);
}

/** The conversation that an address names; null for another place. */
export function conversationAt(location: string): string | null {
  const id = /^\/conversation\/([^/]+)$/u.exec(location)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

function Paper({ conversation, version }: { conversation: CallOutput<"conversation.get">["conversation"]; version: string }) {
  const { t, i18n } = useTranslation();
  const { title, kind, channel, startedAt, importedAt, durationMs, participants, turns } = conversation;
  const nameOf = new Map(
    participants.map((one, index) => [
      one.id,
      one.name ?? `${t(`role.${one.role}`)}${one.role === "other" ? ` ${index + 1}` : ""}`,
    ]),
  );
  const date = new Intl.DateTimeFormat(i18n.language, { dateStyle: "long", timeStyle: "short" });
  const masked =
    (conversation.redactions ?? []).length > 0 || turns.some((turn) => turn.words.some((word) => word.redaction !== undefined));
  return (
    <article className={classes["paper"]} data-printed data-testid="printed">
      <h1 dir="auto">{title}</h1>
      <dl>
        <dt>{t("desk.print.when")}</dt>
        <dd>
          {t(`channel.${channel}`)}, {date.format(new Date(startedAt ?? importedAt))}
        </dd>
        {kind === "call" && (
          <>
            <dt>{t("desk.print.length")}</dt>
            <dd>{clock(durationMs)}</dd>
          </>
        )}
        <dt>{t("desk.print.who")}</dt>
        <dd>
          {participants
            .map((one) => (one.name === null ? nameOf.get(one.id) : `${one.name} (${t(`role.${one.role}`)})`))
            .join(", ")}
        </dd>
      </dl>
      {turns.length === 0 ? (
        <p>{t("desk.print.noWords")}</p>
      ) : (
        <ol>
          {turns.map((turn) => (
            <li key={turn.id}>
              <span className={classes["time"]}>{clock(turn.startMs)}</span>
              <p dir="auto">
                <strong>{nameOf.get(turn.participantId)}</strong> {turn.text}
              </p>
            </li>
          ))}
        </ol>
      )}
      <footer>
        {t("desk.print.made", { version, date: date.format(new Date()) })}
        {masked && ` ${t("desk.print.masked")}`}
      </footer>
    </article>
  );
}
