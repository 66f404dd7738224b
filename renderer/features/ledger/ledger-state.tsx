import { ActionIcon, Button, Menu, Modal, Text, Tooltip } from "@mantine/core";
import { IconCopy, IconDownload, IconKey, IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import type { LedgerExport, LedgerStateView } from "../../../app/contract/ledger-views.ts";
import { fingerprint } from "../../../app/report/sealed.ts";
import { call, keyOf, memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { useSaveMade } from "../../ui/desk/save-made.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";
import { count, moment } from "../../ui/time.ts";
import classes from "./ledger.module.css";
import { Fact } from "./ledger-fact.tsx";
import type { Verifying } from "./ledger-verify.tsx";

/** The state that the ledger is in, and what can be done with all of it. */
export function LedgerState({ state, verifying }: { state: LedgerStateView; verifying: Verifying }) {
  const { t } = useTranslation();
  const [rotating, setRotating] = useState(false);
  const [menu, setMenu] = useState(false);
  const { saving, save } = useSaveMade((name) => tell(t("ledger.saved", { name })));
  const exported = (what: LedgerExport) => void save(() => call("ledger.export", { what }));
  useActions({
    "ledger.verify": verifying.state === "running" ? undefined : verifying.begin,
    "ledger.export": () => setMenu(true),
    "ledger.rotateKey": () => setRotating(true),
  });
  return (
    <header className={classes["header"]}>
      <div className={classes["headline"]}>
        <h1>{t("ledger.title")}</h1>
        <div className={classes["actions"]}>
          <Button
            leftSection={<IconShieldCheck size={14} aria-hidden="true" />}
            loading={verifying.state === "running"}
            onClick={verifying.begin}
          >
            {t("ledger.verify")}
          </Button>
          <Menu opened={menu} onChange={setMenu} position="bottom-end" width={320}>
            <Menu.Target>
              <Button variant="default" loading={saving} leftSection={<IconDownload size={14} aria-hidden="true" />}>
                {t("ledger.export")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => exported("ledger")}>{t("ledger.exportLedger")}</Menu.Item>
              <Menu.Item onClick={() => exported("checkpoint")}>{t("ledger.exportCheckpoint")}</Menu.Item>
              <Menu.Label>{t("ledger.exportNote")}</Menu.Label>
            </Menu.Dropdown>
          </Menu>
          <Button
            variant="default"
            leftSection={<IconKey size={14} aria-hidden="true" />}
            onClick={() => setRotating(true)}
            aria-haspopup="dialog"
          >
            {t("ledger.rotate")}
          </Button>
        </div>
      </div>
      <Facts state={state} />
      {(state.protection === "permissions" || state.protection === "memory") && (
        <p className={classes["weak"]}>{t("ledger.weak")}</p>
      )}
      {rotating && <RotateDialog close={() => setRotating(false)} />}
    </header>
  );
}

function Facts({ state: { entries, head, keyId, protection } }: { state: LedgerStateView }) {
  const { t } = useTranslation();
  const copy = () => {
    navigator.clipboard.writeText(keyId).then(
      () => tell(t("ledger.state.copied")),
      () => tell(t("ledger.state.copyFailed")),
    );
  };
  return (
    <dl className={classes["facts"]} aria-label={t("ledger.state.label")}>
      <Fact name={t("ledger.state.entries")}>
        <span className="numeric">{count(entries)}</span>
      </Fact>
      {head !== null && (
        <>
          <Fact name={t("ledger.state.head")}>
            {t("ledger.state.headOf", {
              seq: count(head.seq),
              when: moment(head.at, (time) => t("state.today", { time })),
            })}
          </Fact>
          <Fact name={t("ledger.state.hash")}>
            <code title={head.hash}>{head.hash.slice(0, 16)}</code>
          </Fact>
        </>
      )}
      <Fact name={t("ledger.state.key")}>
        <code title={keyId}>{fingerprint(keyId)}</code>
        <Tooltip label={t("ledger.state.copy")}>
          <ActionIcon variant="subtle" size="sm" aria-label={t("ledger.state.copy")} onClick={copy}>
            <IconCopy size={14} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </Fact>
      <Fact name={t("ledger.state.protection")}>{t(`ledger.protections.${protection}`)}</Fact>
    </dl>
  );
}

function RotateDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const rotate = useAct("ledger.rotateKey", (state) => {
    memory.setQueryData(keyOf("ledger.state", {}), state);
    tell(t("ledger.rotated", { key: fingerprint(state.keyId) }));
    close();
  });
  return (
    <Modal opened onClose={close} title={t("ledger.rotateTitle")} closeButtonProps={{ "aria-label": t("state.close") }}>
      <Text size="sm">{t("ledger.rotateBody")}</Text>
      <div className={classes["foot"]}>
        <Button variant="default" onClick={close} data-autofocus>
          {t("state.cancel")}
        </Button>
        <Button loading={rotate.isPending} onClick={() => rotate.mutate({}, { onError: tellFailure })}>
          {t("ledger.rotateConfirm")}
        </Button>
      </div>
    </Modal>
  );
}
