import { Autocomplete, Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./editing.module.css";

/** Asks what stands in the place of what is hidden. */
export function RedactDialog({ opened, close, redact }: { opened: boolean; close: () => void; redact: (label: string) => void }) {
  const { t } = useTranslation();
  const [label, setLabel] = useState("");
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
          redact(label.trim());
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
        <div className={classes["formButtons"]}>
          <Button variant="default" onClick={close}>
            {t("state.cancel")}
          </Button>
          <Button type="submit">{t("reviewing.redactConfirm")}</Button>
        </div>
      </form>
    </Modal>
  );
}
