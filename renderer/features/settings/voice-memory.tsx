import { Button, Group, Modal, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./settings.module.css";

/** Whether agents' voices are remembered, and what that means. Turning it off deletes, so it is asked first. */
export function VoiceMemory({ on, save }: { on: boolean; save: (on: boolean) => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Switch
        label={t("voices.remember")}
        checked={on}
        onChange={(event) => {
          if (event.currentTarget.checked) save(true);
          else setAsking(true);
        }}
      />
      <ul className={classes["plain"]}>
        {(["what", "whose", "gone"] as const).map((point) => (
          <li key={point}>{t(`voices.${point}`)}</li>
        ))}
      </ul>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("voices.forgetTitle")}
        closeButtonProps={{ "aria-label": t("state.close") }}
      >
        <p>{t("voices.forgetBody")}</p>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("state.cancel")}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setAsking(false);
              save(false);
            }}
          >
            {t("voices.forget")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
