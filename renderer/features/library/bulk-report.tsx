import { Button, Modal, Progress, Radio, Select, Stack, Text } from "@mantine/core";
import { IconFileCertificate } from "@tabler/icons-react";
import { useState } from "react";
import { type PeriodFormat, periodFormats, type ReportFormat, reportFormats } from "../../../app/contract/report-views.ts";
import { call, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useWrittenReport } from "../../ui/desk/written-report.ts";
import { tell } from "../../ui/notices.tsx";
import { count } from "../../ui/time.ts";
import classes from "./finding.module.css";

/** What is written: a file for each conversation in an archive, or one about all of them. */
type What = "each" | "all";

/** Asks how the selected conversations are reported, and writes that. What was begun is given up when the dialog is closed. */
export function BulkReportDialog({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={close}
      title={t("report.bulk.title", { count: ids.length })}
      closeButtonProps={{ "aria-label": t("state.close") }}
    >
      <Choice ids={ids} close={close} />
    </Modal>
  );
}

function Choice({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const { t } = useTranslation();
  const checklists = useCall("checklist.list", {}).data?.checklists.filter(({ evaluations }) => total(evaluations) > 0) ?? [];
  const [what, setWhat] = useState<What>("each");
  const [formId, setFormId] = useState<string | null>(null);
  const [each, setEach] = useState<ReportFormat>("pdf");
  const [all, setAll] = useState<PeriodFormat>("pdf");
  const { done, write, stop } = useWrittenReport(close);
  // One report of several is about one checklist: they are not to be told apart otherwise.
  const form = formId ?? (what === "all" ? (checklists[0]?.id ?? null) : null);
  const submit = () => {
    if (what === "each") {
      void write(async () => {
        const file = await call("report.bundle", { conversationIds: [...ids], formId: form, format: each });
        if (file.leftOut > 0) tell(t("report.bulk.leftOut", { count: file.leftOut }));
        return file;
      });
    } else if (form !== null) {
      void write(() => call("report.period", { formId: form, days: null, conversationIds: [...ids], format: all }));
    }
  };
  const nothing = checklists.length === 0;
  return (
    <form
      data-testid="bulk-report"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <Radio.Group label={t("report.bulk.what")} value={what} onChange={(value) => setWhat(value === "all" ? "all" : "each")}>
          <Stack gap={6} mt={6}>
            {(["each", "all"] as const).map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`report.bulk.${one}`)}
                description={t(`report.bulk.${one}Note`)}
                disabled={done !== null}
                data-autofocus={one === "each" || undefined}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label={t("report.form")}
          placeholder={t("report.bulk.lastForm")}
          data={checklists.map(({ id, title }) => ({ value: id, label: title }))}
          value={form}
          onChange={setFormId}
          clearable={what === "each"}
          allowDeselect={what === "each"}
          disabled={done !== null}
          error={nothing ? t("report.bulk.nothing") : null}
        />
        {what === "each" ? (
          <Formats
            values={reportFormats}
            value={each}
            change={setEach}
            disabled={done !== null}
            name={(one) => t(`report.formats.${one}`)}
          />
        ) : (
          <Formats
            values={periodFormats}
            value={all}
            change={setAll}
            disabled={done !== null}
            name={(one) => t(`report.period.formats.${one}`)}
          />
        )}
        <Text size="sm" c="dimmed">
          {t("report.hidden")}
        </Text>
        {done !== null && (
          <div>
            <Progress value={(100 * done) / ids.length} aria-label={t("report.bulk.progress")} />
            <Text size="sm" role="status" mt={4}>
              {t("report.bulk.written", { done: count(done), all: count(ids.length) })}
            </Text>
          </div>
        )}
        <div className={classes["foot"]}>
          <Button variant="default" onClick={done === null ? close : stop}>
            {t("state.cancel")}
          </Button>
          <Button
            type="submit"
            loading={done !== null}
            disabled={nothing}
            leftSection={<IconFileCertificate size={14} aria-hidden="true" />}
          >
            {t("report.save")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function Formats<F extends string>({
  values,
  value,
  change,
  disabled,
  name,
}: {
  values: readonly F[];
  value: F;
  change: (format: F) => void;
  disabled: boolean;
  name: (format: F) => string;
}) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t("report.format")}
      value={value}
      onChange={(text) => {
        const chosen = values.find((one) => one === text);
        if (chosen !== undefined) change(chosen);
      }}
    >
      <Stack gap={6} mt={6}>
        {values.map((one) => (
          <Radio key={one} value={one} label={name(one)} disabled={disabled} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function total({ machine, draft, submitted }: { machine: number; draft: number; submitted: number }): number {
  return machine + draft + submitted;
}
