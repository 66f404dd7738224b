import { Drawer, Skeleton } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { clock } from "../../ui/time.ts";
import classes from "./journeys.module.css";

interface PeekProps {
  readonly conversationId: string;
  /** The turn to be shown. */
  readonly turnId: string | null;
  readonly close: () => void;
}

/** Turns drawn around the one that is meant: enough to read it in its place. */
const around = 200;

/** A conversation looked into without leaving the place: its words, at the turn that is meant, and the way to all of it. */
export function JourneyPeek({ conversationId, turnId, close }: PeekProps) {
  const { t } = useTranslation();
  const view = useCall("conversation.get", { id: conversationId });
  const marked = useRef<HTMLLIElement>(null);
  const conversation = view.data?.conversation;
  useEffect(() => {
    if (conversation !== undefined) marked.current?.scrollIntoView({ block: "center" });
  }, [conversation]);
  const address = `/conversation/${encodeURIComponent(conversationId)}${turnId === null ? "" : `?turn=${encodeURIComponent(turnId)}`}`;
  const participants = new Map(conversation?.participants.map((one) => [one.id, one]));
  const at = Math.max(0, conversation?.turns.findIndex(({ id }) => id === turnId) ?? 0);
  const turns = conversation?.turns.slice(Math.max(0, at - around), at + around) ?? [];
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="lg"
      title={conversation?.title ?? t("state.loading")}
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      {view.isError && <FailureNote live failure={view.error} />}
      {conversation === undefined && !view.isError && <Skeleton height={120} />}
      {conversation !== undefined && (
        <>
          <p>
            <Link href={address}>{t("journeys.page.open")}</Link>
          </p>
          {turns.length === 0 && <p className={classes["quiet"]}>{t("journeys.peek.none")}</p>}
          <ol className={classes["peek"]} aria-label={t("journeys.peek.words")}>
            {turns.map((turn) => {
              const speaker = participants.get(turn.participantId);
              const isMeant = turn.id === turnId;
              return (
                <li key={turn.id} ref={isMeant ? marked : null} data-meant={isMeant || undefined}>
                  <span className={classes["quiet"]}>
                    <span className="numeric">{clock(turn.startMs)}</span>{" "}
                    {speaker?.name ?? t(`role.${speaker?.role ?? "other"}`)}
                  </span>
                  <p dir="auto">{isMeant ? <mark>{turn.text}</mark> : turn.text}</p>
                </li>
              );
            })}
          </ol>
        </>
      )}
    </Drawer>
  );
}
