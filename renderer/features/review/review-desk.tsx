import { Button, Menu } from "@mantine/core";
import { IconScissors } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { type ClipFormat, clipFormats } from "../../../app/contract/desk-views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { call, mediaUrl } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useDragOut } from "../../ui/desk/drag-out.ts";
import { comesBack, keep, keptValue, useKept } from "../../ui/desk/kept-place.ts";
import { saveFrom } from "../../ui/desk/save-file.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import { type Player, usePlayerState } from "./player.ts";
import type { Voice } from "./voices.ts";
import type { WordTrack } from "./word-track.ts";

/** The playhead is noted at most this often. */
const noteEveryMs = 2_000;

interface ReviewDeskProps {
  conversation: Conversation;
  player: Player;
  track: WordTrack;
  voices: ReadonlyMap<string, Voice>;
}

/** What the desk adds to a call: the playhead found again after a restart, the selection as a file, turns read aloud. */
export function ReviewDesk(props: ReviewDeskProps) {
  useKeptPlayhead(props);
  return (
    <>
      <Clip {...props} />
      <ReadAloud {...props} />
    </>
  );
}

function useKeptPlayhead({ conversation: { id }, player }: ReviewDeskProps): void {
  useEffect(() => {
    const key = `at:${id}`;
    const address = new URLSearchParams(window.location.search);
    const wanted = keptValue(key);
    // An address that names a moment goes first.
    if (typeof wanted === "number" && !address.has("t") && !address.has("turn") && comesBack("playhead")) player.seek(wanted);
    let noted = player.positionMs;
    const note = (ms: number) => {
      noted = ms;
      keep(key, ms);
    };
    const undo = player.onTick((ms) => {
      if (Math.abs(ms - noted) >= noteEveryMs) note(ms);
    });
    const stop = player.subscribe(() => {
      if (!player.state().playing && player.positionMs !== noted) note(player.positionMs);
    });
    return () => {
      undo();
      stop();
    };
  }, [id, player]);
}

/** The selected stretch as a sound file, by a menu, a key, or dragged out. The key writes the format that was chosen last. */
function Clip({ conversation: { id }, player }: ReviewDeskProps) {
  const { t } = useTranslation();
  const { selection } = usePlayerState(player);
  const dragOut = useDragOut();
  const [cutting, setCutting] = useState(false);
  const [kept, keepFormat] = useKept<ClipFormat>("clip.format", "wav", clipFormats);
  const save = async (format: ClipFormat) => {
    if (selection === null) {
      tell(t("desk.clip.nothing"));
      return;
    }
    setCutting(true);
    try {
      const { mediaId, fileName } = await call("conversation.clip", { id, ...rangeOf(selection), format });
      saveFrom(mediaUrl(mediaId), fileName);
      tell(t("desk.clip.done", { name: fileName }));
    } catch (thrown) {
      tellFailure(thrown);
    } finally {
      setCutting(false);
    }
  };
  useActions({ "waveform.saveClip": () => void save(kept) });
  if (selection === null) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          loading={cutting}
          leftSection={<IconScissors size={14} aria-hidden="true" />}
          {...dragOut({ kind: "clip", range: { id, ...rangeOf(selection), format: kept } })}
        >
          {t("desk.clip.save")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {clipFormats.map((format) => (
          <Menu.Item
            key={format}
            onClick={() => {
              keepFormat(format);
              void save(format);
            }}
            {...dragOut({ kind: "clip", range: { id, ...rangeOf(selection), format } })}
          >
            {t(`desk.clip.format.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function rangeOf({ startMs, endMs }: { startMs: number; endMs: number }): { startMs: number; endMs: number } {
  const from = Math.max(0, Math.round(startMs));
  return { startMs: from, endMs: Math.max(from + 1, Math.round(endMs)) };
}

/** A live region that holds the turn being spoken, for a screen reader to read; quiet until a person turns it on. */
function ReadAloud({ conversation: { turns }, player, track, voices }: ReviewDeskProps) {
  const { t } = useTranslation();
  const [on, setOn] = useKept<boolean>("readAloud", false);
  const [index, setIndex] = useState(0);
  useActions({
    "transcript.readAloud": () => {
      setOn(!on);
      tell(t(on ? "desk.reading.off" : "desk.reading.on"));
    },
  });
  useEffect(() => {
    if (!on) return undefined;
    // Before anybody has spoken it is the first turn that comes.
    const follow = (ms: number) => setIndex(Math.max(0, track.turnAt(ms)));
    follow(player.positionMs);
    return player.onTick(follow);
  }, [on, player, track]);
  const turn = on ? turns[index] : undefined;
  return (
    <div
      className="unseen"
      role="log"
      aria-label={t("desk.reading.label")}
      aria-live={on ? "polite" : "off"}
      data-testid="read-aloud"
    >
      {turn !== undefined && (
        <p key={turn.id}>
          {voices.get(turn.participantId)?.name}: {turn.text}
        </p>
      )}
    </div>
  );
}
