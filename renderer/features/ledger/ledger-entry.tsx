import { ActionIcon, Button, CloseButton, Skeleton, Tooltip } from "@mantine/core";
import { IconCopy, IconFilter } from "@tabler/icons-react";
import { Link } from "wouter";
import { canonicalJson } from "../../../app/report/canonical-json.ts";
import type { LedgerEntry } from "../../../app/report/chain.ts";
import { entryText, kindText } from "../../../app/report/entry-text.ts";
import { instantText } from "../../../app/report/report-blocks.ts";
import { fingerprint } from "../../../app/report/sealed.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import classes from "./ledger.module.css";
import { Fact } from "./ledger-fact.tsx";
import type { ShownEntry } from "./ledger-list.tsx";

/** One entry: in words, and as it lies in the ledger. `only` has the list show its conversation alone; null where it does. */
export function EntryPanel({
  shown,
  close,
  only,
}: {
  shown: ShownEntry;
  close: () => void;
  only: ((subject: string) => void) | null;
}) {
  const { t } = useTranslation();
  const read = useCall("ledger.find", { upTo: shown.seq, limit: 1 }, { enabled: shown.entry === undefined });
  const entry = shown.entry ?? read.data?.entries[0];
  const title = shown.title ?? read.data?.titles[entry?.subject ?? ""];
  return (
    <aside className={classes["panel"]} aria-label={t("ledger.entry.title", { seq: entry?.seq ?? shown.seq })}>
      <div className={classes["panelHead"]}>
        <h2>{t("ledger.entry.title", { seq: entry?.seq ?? shown.seq })}</h2>
        <CloseButton aria-label={t("ledger.entry.close")} onClick={close} />
      </div>
      {entry === undefined ? (
        read.isError ? (
          <FailureNote failure={read.error} />
        ) : (
          <Skeleton height={160} />
        )
      ) : (
        <Entry entry={entry} title={title} only={only} />
      )}
    </aside>
  );
}

function Entry({
  entry,
  title,
  only,
}: {
  entry: LedgerEntry;
  title: string | undefined;
  only: ((subject: string) => void) | null;
}) {
  const { t } = useTranslation();
  const { seq: _, at, kind, subject, author, previous, key, hash } = entry;
  const text = canonicalJson(entry);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => tell(t("ledger.entry.jsonCopied")),
      () => tell(t("ledger.entry.jsonCopyFailed")),
    );
  };
  return (
    <>
      <p className={classes["sentence"]}>{entryText(entry)}</p>
      <dl className={classes["panelFacts"]}>
        <Fact name={t("ledger.entry.when")}>{instantText(at)}</Fact>
        <Fact name={t("ledger.entry.who")}>{author === "" ? t("ledger.filter.earmark") : author}</Fact>
        <Fact name={t("ledger.entry.kind")}>{kindText(kind)}</Fact>
        {subject !== null && (
          <Fact name={t("ledger.entry.about")}>
            {title === undefined ? (
              <code>{subject}</code>
            ) : (
              <Link href={`/conversation/${encodeURIComponent(subject)}`}>{title}</Link>
            )}
            {only !== null && (
              <Button
                variant="subtle"
                size="compact-xs"
                leftSection={<IconFilter size={12} aria-hidden="true" />}
                onClick={() => only(subject)}
              >
                {t("ledger.entry.only")}
              </Button>
            )}
          </Fact>
        )}
        <Fact name={t("ledger.entry.hash")}>
          <code>{hash}</code>
        </Fact>
        <Fact name={t("ledger.entry.previous")}>{previous === null ? t("ledger.entry.first") : <code>{previous}</code>}</Fact>
        <Fact name={t("ledger.entry.key")}>
          <code title={key}>{fingerprint(key)}</code>
        </Fact>
      </dl>
      <div className={classes["jsonHead"]}>
        <h3>{t("ledger.entry.json")}</h3>
        <Tooltip label={t("ledger.entry.copyJson")}>
          <ActionIcon variant="subtle" size="sm" aria-label={t("ledger.entry.copyJson")} onClick={copy}>
            <IconCopy size={14} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <pre className={classes["json"]} tabIndex={0}>
        {text}
      </pre>
    </>
  );
}
