import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowMerge,
  IconBookmark,
  IconCheck,
  IconEyeOff,
  IconMessagePlus,
  IconPencil,
  IconPlus,
  IconSeparatorHorizontal,
  IconUserEdit,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ChangeHint } from "../../../app/contract/editing-views.ts";
import type { ConversationView } from "../../../app/contract/views.ts";
import { operationSchema } from "../../../app/conversation/operations.ts";
import { useTranslation } from "../../text/index.ts";
import { type ActionId, chordLabel, runAction, useChords } from "../../ui/actions/index.ts";
import { clock } from "../../ui/time.ts";
import classes from "./editing.module.css";
import { type Caret, spanOf, type Target, targetOf, useCaret, type WordPlaces } from "./transcript-caret.ts";
import type { Voice } from "./voices.ts";
import { doubtOf } from "./word-doubt.ts";

/** The kinds of operations, for saying what an undo is about. */
const kinds = operationSchema.options.map((option) => option.shape.kind.value);

/** What can be done to the chosen words, as buttons; each has a key, which is said with it. */
export function EditingBar({
  view,
  caret,
  places,
  voices,
  giving,
  setGiving,
  give,
  giveToNew,
}: {
  view: ConversationView;
  caret: Caret;
  places: WordPlaces;
  voices: ReadonlyMap<string, Voice>;
  giving: boolean;
  setGiving: (open: boolean) => void;
  give: (participantId: string) => void;
  giveToNew: () => void;
}) {
  const { t } = useTranslation();
  const target = targetOf(useCaret(caret), places);
  const [turn] = target?.turns ?? [];
  const where = useTargetText(target, voices);
  const hintOf = (hint: ChangeHint | null, key: "undoOf" | "redoOf", plain: "undo" | "redo") => {
    const kind = kinds.find((each) => each === hint?.kind);
    return kind === undefined ? t(`reviewing.${plain}`) : t(`reviewing.${key}`, { what: t(`reviewing.operation.${kind}`) });
  };
  const inTurn = turn !== undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of tools is a group, but no set of form fields
    <div className={classes["bar"]} role="group" aria-label={t("reviewing.tools")} data-testid="editing-bar">
      <span className={classes["target"]} data-testid="editing-target" title={where}>
        {where}
      </span>
      <Tool action="transcript.edit" label={t("reviewing.edit")} icon={<IconPencil size={16} />} disabled={!inTurn} />
      <Tool
        action="transcript.split"
        label={t("reviewing.split")}
        icon={<IconSeparatorHorizontal size={16} />}
        disabled={(target?.words.length ?? 0) === 0}
      />
      <Tool action="transcript.merge" label={t("reviewing.merge")} icon={<IconArrowMerge size={16} />} disabled={!inTurn} />
      <Menu opened={giving} onChange={setGiving} position="bottom-start" returnFocus>
        <Menu.Target>
          <ToolButton action="transcript.give" label={t("reviewing.give")} disabled={!inTurn} press={() => setGiving(!giving)}>
            <IconUserEdit size={16} aria-hidden="true" />
          </ToolButton>
        </Menu.Target>
        <Menu.Dropdown
          onKeyDown={(event) => {
            const voice = /^[1-9]$/u.test(event.key) ? [...voices.values()][Number(event.key) - 1] : undefined;
            if (voice === undefined) return;
            event.preventDefault();
            setGiving(false);
            give(voice.id);
          }}
        >
          <Menu.Label>{t("reviewing.giveTitle")}</Menu.Label>
          {[...voices.values()].map((voice, index) => (
            <Menu.Item
              key={voice.id}
              data-voice={voice.hue}
              leftSection={<span className={classes["number"]}>{index < 9 ? index + 1 : ""}</span>}
              rightSection={
                voice.id === turn?.participantId && target?.chosen === false ? <IconCheck size={14} aria-hidden="true" /> : null
              }
              aria-label={t("reviewing.giveTo", { name: voice.name })}
              onClick={() => give(voice.id)}
            >
              {voice.name}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={giveToNew}>
            {t("reviewing.newSpeaker")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tool action="transcript.redact" label={t("reviewing.redact")} icon={<IconEyeOff size={16} />} disabled={!inTurn} />
      <Tool
        action="transcript.accept"
        label={t("reviewing.accept")}
        icon={<IconCheck size={16} />}
        disabled={!(target?.words.some(isDoubtful) || (target?.words.length === 0 && turn?.words.some(isDoubtful)))}
      />
      <span className={classes["gap"]} />
      <Tool action="transcript.comment" label={t("reviewing.comment")} icon={<IconMessagePlus size={16} />} />
      <Tool action="transcript.bookmark" label={t("reviewing.bookmark")} icon={<IconBookmark size={16} />} />
      <span className={classes["gap"]} />
      <Tool
        action="transcript.undo"
        label={hintOf(view.undo, "undoOf", "undo")}
        icon={<IconArrowBackUp size={16} />}
        disabled={view.undo === null}
      />
      <Tool
        action="transcript.redo"
        label={hintOf(view.redo, "redoOf", "redo")}
        icon={<IconArrowForwardUp size={16} />}
        disabled={view.redo === null}
      />
    </div>
  );
}

function isDoubtful(word: Parameters<typeof doubtOf>[0]): boolean {
  return doubtOf(word) !== undefined;
}

/** What a target is, in words: "3 words of Agent, 0:12". */
function useTargetText(target: Target | undefined, voices: ReadonlyMap<string, Voice>): string {
  const { t } = useTranslation();
  if (target === undefined) return t("reviewing.target.none");
  const name = voices.get(target.turns[0].participantId)?.name ?? t("role.other");
  const time = clock(spanOf(target).startMs);
  const { length } = target.words;
  return length === 0 ? t("reviewing.target.turn", { name, time }) : t("reviewing.target.words", { count: length, name, time });
}

/** A button that runs an action of the catalogue, named with its key. */
export function Tool({
  action,
  label,
  icon,
  disabled = false,
}: {
  action: ActionId;
  label: string;
  icon: ReactNode;
  disabled?: boolean;
}) {
  return (
    <ToolButton action={action} label={label} disabled={disabled} press={() => void runAction(action)}>
      <span aria-hidden="true" style={{ display: "inline-flex" }}>
        {icon}
      </span>
    </ToolButton>
  );
}

function ToolButton({
  action,
  label,
  disabled,
  press,
  children,
  ...rest
}: {
  action: ActionId;
  label: string;
  disabled: boolean;
  press: () => void;
  children: ReactNode;
}) {
  const [chord] = useChords(action);
  const keys = chord === undefined ? "" : ` (${chordLabel(chord).join("+")})`;
  return (
    <Tooltip label={`${label}${keys}`} openDelay={400}>
      <ActionIcon
        {...rest}
        variant="subtle"
        color="gray"
        size="md"
        aria-label={label}
        disabled={disabled}
        // The words keep the focus and what is chosen.
        onMouseDown={(event) => event.preventDefault()}
        onClick={press}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
