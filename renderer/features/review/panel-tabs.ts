/** The tabs of the panel beside the transcript, in their order; what each shows is said in `panel.tsx`. */
export const panelTabs = ["checklist", "summary", "figures", "insight", "ask", "comments", "details"] as const;
/** A tab of the panel. */
export type PanelTab = (typeof panelTabs)[number];
