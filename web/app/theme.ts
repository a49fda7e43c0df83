/** The theme: the system's, light or dark. Remembered where the browser lets us. */
import { announce, button } from "./dom.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "portico-theme";
const LABELS: Readonly<Record<Theme, string>> = { system: "◐ System", light: "☀ Light", dark: "☾ Dark" };

export function setUpTheme(): void {
  const toggle = button("theme", () => {
    const next = THEMES[(THEMES.indexOf(remembered()) + 1) % THEMES.length] ?? "system";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      forgetful = next; // storage is off: it holds until the page is left
    }
    show(next);
    announce(`Theme: ${next}`);
  });
  const show = (theme: Theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    toggle.textContent = LABELS[theme];
    toggle.ariaLabel = `Theme: ${theme}`;
  };
  show(remembered());
}

let forgetful: Theme = "system";

function remembered(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === stored) ?? forgetful;
  } catch {
    return forgetful;
  }
}
