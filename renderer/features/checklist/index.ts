export { ChecklistsPage } from "./checklists-page.tsx";
export { PromptsPage } from "./prompts-page.tsx";
