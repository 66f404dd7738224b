export { InsightsPage } from "./insights-page.tsx";
export { InsightsTabs } from "./insights-tabs.tsx";
