import { Button, Menu, Modal, TextInput } from "@mantine/core";
import { IconArrowMerge, IconArrowsExchange, IconCheck, IconChevronDown, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { type Conversation, roleSchema } from "../../../app/conversation/conversation.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./panel.module.css";
import type { Voice } from "./voices.ts";

/** Whether exchanging agent and customer means anything here. */
export function isSwappable({ participants }: Pick<Conversation, "participants">): boolean {
  return participants.length > 1 && participants.some((each) => each.role === "agent");
}

/** The name of a voice, and what can be put right about it. */
export function SpeakerMenu({
  voice,
  canSwap,
  correct,
  others = [],
}: {
  voice: Voice;
  canSwap: boolean;
  correct: (operation: Operation) => void;
  /** Voices that this one may turn out to be the same as. */
  others?: readonly Voice[];
}) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  const { id, role } = voice.participant;
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <button
            type="button"
            className={classes["speaker"]}
            data-voice={voice.hue}
            aria-label={t("review.lane", { name: voice.name })}
          >
            <span>{voice.name}</span>
            <IconChevronDown size={12} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={14} aria-hidden="true" />} onClick={() => setRenaming(true)}>
            {t("review.renameSpeaker", { name: voice.name })}
          </Menu.Item>
          {canSwap && (
            <Menu.Item
              leftSection={<IconArrowsExchange size={14} aria-hidden="true" />}
              onClick={() => correct({ kind: "swap-roles" })}
            >
              {t("review.swap")}
            </Menu.Item>
          )}
          {others
            .filter((other) => other.id !== id)
            .map((other) => (
              <Menu.Item
                key={`into ${other.id}`}
                leftSection={<IconArrowMerge size={14} aria-hidden="true" />}
                onClick={() => correct({ kind: "merge-participants", participantId: id, intoId: other.id })}
              >
                {t("reviewing.mergeInto", { name: other.name })}
              </Menu.Item>
            ))}
          <Menu.Label>{t("review.roleOf", { name: voice.name })}</Menu.Label>
          {roleSchema.options.map((option) => (
            <Menu.Item
              key={option}
              leftSection={option === role ? <IconCheck size={14} aria-hidden="true" /> : <span className={classes["noSign"]} />}
              aria-current={option === role}
              onClick={() => correct({ kind: "set-role", participantId: id, role: option })}
            >
              {t(`role.${option}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <NameDialog
        key={renaming ? "open" : "closed"}
        opened={renaming}
        close={() => setRenaming(false)}
        title={t("review.renameSpeakerTitle", { name: voice.name })}
        label={t("review.nameLabel")}
        value={voice.participant.name ?? ""}
        save={(name) => correct({ kind: "rename-speaker", participantId: id, name })}
      />
    </>
  );
}

/** Asks for a name or a title. */
export function NameDialog({
  opened,
  close,
  title,
  label,
  value,
  save,
  required = false,
}: {
  opened: boolean;
  close: () => void;
  title: string;
  label: string;
  value: string;
  save: (value: string) => void;
  required?: boolean;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  return (
    <Modal opened={opened} onClose={close} title={title} size="sm" closeButtonProps={{ "aria-label": t("state.close") }}>
      <form
        className={classes["nameForm"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (required && typed.trim() === "") return;
          save(typed.trim());
          close();
        }}
      >
        <TextInput
          data-autofocus
          label={label}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <div className={classes["formButtons"]}>
          <Button variant="default" onClick={close}>
            {t("state.cancel")}
          </Button>
          <Button type="submit">{t("review.save")}</Button>
        </div>
      </form>
    </Modal>
  );
}
