import { Autocomplete, Button, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./editing.module.css";

/** Asks what stands in the place of what is hidden, and why it is; beneath is what else can be done there. */
export function RedactDialog({
  opened,
  close,
  redact,
  beneath,
}: {
  opened: boolean;
  close: () => void;
  /** An empty reason is none. */
  redact: (label: string, reason: string) => void;
  beneath?: ReactNode;
}) {
  const { t } = useTranslation();
  const [label, setLabel] = useState("");
  const [reason, setReason] = useState("");
  const choices = t("reviewing.redactChoices", { returnObjects: true });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("reviewing.redactTitle")}
      size="sm"
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (label.trim() === "") return;
          redact(label.trim(), reason.trim());
          close();
        }}
      >
        <p>{t("reviewing.redactNote")}</p>
        <Autocomplete
          data-autofocus
          size="xs"
          comboboxProps={{ withinPortal: false }}
          label={t("reviewing.redactLabel")}
          value={label}
          data={[...choices]}
          maxLength={60}
          required
          onChange={setLabel}
        />
        <TextInput
          size="xs"
          label={t("reviewing.redactReason")}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div className={classes["formButtons"]}>
          <Button variant="default" onClick={close}>
            {t("state.cancel")}
          </Button>
          <Button type="submit">{t("reviewing.redactConfirm")}</Button>
        </div>
      </form>
      {beneath}
    </Modal>
  );
}
