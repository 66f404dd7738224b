export { ChecklistsPage } from "./checklists-page.tsx";
