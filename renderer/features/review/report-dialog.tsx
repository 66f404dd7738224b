import { Button, Group, Modal, Radio, Select, Stack, Text } from "@mantine/core";
import { IconFileCertificate } from "@tabler/icons-react";
import { useState } from "react";
import type { EvaluationLine } from "../../../app/contract/conformity-views.ts";
import { type ReportFormat, reportFormats } from "../../../app/contract/report-views.ts";
import { call, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useSaveMade } from "../../ui/desk/save-made.ts";
import { tell } from "../../ui/notices.tsx";
import { PageFailure } from "../../ui/states.tsx";

/** What the dialog is about. */
export interface ReportDialogProps {
  readonly conversationId: string;
  /** The evaluation chosen at first; null takes the one that was worked on last. */
  readonly evaluationId: string | null;
  readonly close: () => void;
}

/** Asks which evaluation is reported and as what, and saves the report. */
export function ReportDialog({ conversationId, evaluationId, close }: ReportDialogProps) {
  const { t } = useTranslation();
  const list = useCall("evaluation.list", { conversationId });
  const lines = list.data?.evaluations;
  return (
    <Modal opened onClose={close} title={t("report.title")} closeButtonProps={{ "aria-label": t("state.close") }}>
      {lines === undefined ? (
        list.isError ? (
          <PageFailure nested failure={list.error} again={() => void list.refetch()} />
        ) : (
          <Text role="status" mih={220}>
            {t("report.loading")}
          </Text>
        )
      ) : lines.length === 0 ? (
        <Text>{t("report.none")}</Text>
      ) : (
        <Form lines={lines} first={evaluationId} close={close} />
      )}
    </Modal>
  );
}

function Form({ lines, first, close }: { lines: readonly EvaluationLine[]; first: string | null; close: () => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(first);
  const [format, setFormat] = useState<ReportFormat>("pdf");
  const { saving, save: saveMade } = useSaveMade((name) => {
    tell(t("report.saved", { name }));
    close();
  });
  const line = lines.find(({ id }) => id === chosen) ?? lines[0];
  if (line === undefined) return null;
  return (
    <form
      data-testid="report-dialog"
      onSubmit={(event) => {
        event.preventDefault();
        void saveMade(() => call("report.create", { evaluationId: line.id, format }));
      }}
    >
      <Stack gap="sm">
        {lines.length > 1 && (
          <Select
            label={t("report.form")}
            data={lines.map(({ id, formTitle }) => ({ value: id, label: formTitle }))}
            value={line.id}
            onChange={setChosen}
            allowDeselect={false}
          />
        )}
        <Text size="sm">{t("report.of", { form: line.formTitle })}</Text>
        {line.stage !== "submitted" && <Text size="sm">{t("report.draft")}</Text>}
        <Radio.Group
          label={t("report.format")}
          value={format}
          onChange={(value) => setFormat(reportFormats.find((one) => one === value) ?? "pdf")}
        >
          <Stack gap={6} mt={6}>
            {reportFormats.map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`report.formats.${one}`)}
                description={t(`report.note.${one}`)}
                data-autofocus={one === "pdf" || undefined}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Text size="sm" c="dimmed">
          {t("report.hidden")}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t("report.cancel")}
          </Button>
          <Button type="submit" loading={saving} leftSection={<IconFileCertificate size={14} aria-hidden="true" />}>
            {t("report.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The button beside a checklist that opens the dialog. */
export function ReportButton({ conversationId, evaluationId }: Omit<ReportDialogProps, "close">) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileCertificate size={14} aria-hidden="true" />}
        onClick={() => setOpen(true)}
        aria-haspopup="dialog"
      >
        {t("report.open")}
      </Button>
      {open && <ReportDialog conversationId={conversationId} evaluationId={evaluationId} close={() => setOpen(false)} />}
    </>
  );
}
