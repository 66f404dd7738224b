import { Skeleton } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import { call, mediaUrl, onConnection, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { asFailure, PageFailure } from "../../ui/states.tsx";
import { withPartial } from "./partial-transcript.ts";
import { Player } from "./player.ts";
import { useListening } from "./player-listening.ts";
import { useKeptMix } from "./player-mix-kept.ts";
import classes from "./review.module.css";
import { OpenedConversation } from "./review-conversation.tsx";

/** What happened in one conversation: its sound, its words, its figures. */
export function ReviewPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const view = useCall("conversation.get", { id });

  // What somebody looks at goes first.
  useEffect(() => {
    call("queue.prioritise", { conversationId: id }).catch(() => undefined);
  }, [id]);

  // Somebody may delete it elsewhere while it is open.
  const gone = view.isError && asFailure(view.error).code === "not-found";
  if (view.data === undefined || gone) {
    if (view.isError) return <PageFailure failure={view.error} again={() => void view.refetch()} />;
    return (
      <div className={classes["opening"]} role="status">
        <h1 className="unseen">{t("review.loading")}</h1>
        <Skeleton height={28} width="40%" />
        <Skeleton height={150} />
        <Skeleton height={14} width="70%" />
        <Skeleton height={14} width="85%" />
        <Skeleton height={14} width="60%" />
      </div>
    );
  }
  return <Review view={withPartial(view.data)} />;
}

/** A player that lives as long as the page. */
function usePlayer(view: ConversationView): Player | null {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = new Player();
    setPlayer(made);
    const undo = onConnection((connection) => {
      if (connection === "connected") made.recover();
    });
    return () => {
      undo();
      made.close();
    };
  }, []);
  useListening(player);
  useKeptMix(player, view.conversation.id);
  if (player !== null && view.mediaId !== null) player.load(mediaUrl(view.mediaId));
  return player;
}

function Review({ view }: { view: ConversationView }) {
  const player = usePlayer(view);
  return player === null ? null : <OpenedConversation view={view} player={player} />;
}
