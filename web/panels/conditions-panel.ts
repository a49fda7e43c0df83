/** The network's conditions as sliders. They act at once, on connections that are open too. */
import { byId, h } from "../app/dom.ts";
import { CALM, FAULT_AMOUNTS, FAULTS, type Fault, type Settings, withFault } from "../app/settings.ts";

interface Slider {
  readonly key: Exclude<keyof Settings, "fault">;
  readonly label: string;
  /** What each position stands for; the last or first one is "no limit" or nothing. */
  readonly stops: readonly number[];
  readonly text: (value: number) => string;
}

const kilobytes = (value: number) =>
  value >= 1e6 ? `${value / 1e6} MB/s` : value >= 1e3 ? `${value / 1e3} kB/s` : `${value} B/s`;

const SLIDERS: readonly Slider[] = [
  {
    key: "latencyMs",
    label: "Latency",
    stops: [0, 1, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000],
    text: (value) => `${value} ms`,
  },
  {
    key: "bytesPerSecond",
    label: "Bandwidth",
    stops: [10, 50, 100, 500, 1e3, 5e3, 1e4, 5e4, 1e5, 5e5, 1e6, 1e7, 0],
    text: (value) => (value === 0 ? "no limit" : kilobytes(value)),
  },
  {
    key: "maxSegmentBytes",
    label: "Segment size",
    stops: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1460, 9000, 0],
    text: (value) => (value === 0 ? "no limit" : `${value} B`),
  },
];

/** Of the fault: each is there while the fault has it. */
const AMOUNTS: readonly (Slider & { readonly key: "faultBytes" | "faultMs" })[] = [
  {
    key: "faultBytes",
    label: "Fault after",
    stops: [0, 1, 10, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 1e5, 1e6],
    text: (value) => `${value} B`,
  },
  {
    key: "faultMs",
    label: "Fault for",
    stops: [10, 50, 100, 200, 500, 1000, 2000, 3000, 5000, 1e4, 3e4],
    text: (value) => (value < 1000 ? `${value} ms` : `${value / 1000} s`),
  },
];

const FAULT_LABELS: Readonly<Record<Fault, string>> = {
  none: "None",
  refuse: "Connections refused",
  silence: "Nobody answers",
  reset: "Reset",
  stall: "Stall",
  jitter: "Jitter",
  random: "Random segments",
};

export class ConditionsPanel {
  #settings: Settings = CALM;
  readonly #onChange: (settings: Settings) => void;
  readonly #show: (() => void)[] = [];

  constructor(onChange: (settings: Settings) => void) {
    this.#onChange = onChange;
    byId("conditions", HTMLElement).append(
      ...SLIDERS.map((slider) => this.#slider(slider)),
      this.#fault(),
      ...AMOUNTS.map((amount) => this.#amount(amount)),
    );
    this.#showAll();
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
    this.#showAll();
    this.#onChange(settings);
  }

  #slider({ key, label, stops, text }: Slider): HTMLElement {
    const id = `condition-${key}`;
    const input = h("input", {
      type: "range",
      id,
      min: 0,
      max: stops.length - 1,
      step: 1,
      "aria-label": label,
    });
    const output = h("span", { class: "value" });
    input.addEventListener("input", () => {
      this.settings = { ...this.#settings, [key]: stops[input.valueAsNumber] ?? 0 };
    });
    this.#show.push(() => {
      const value = this.#settings[key];
      input.valueAsNumber = nearest(stops, value);
      output.textContent = text(value);
      input.setAttribute("aria-valuetext", text(value));
    });
    return h("label", {}, h("span", { class: "name" }, label, output), input);
  }

  #amount(amount: (typeof AMOUNTS)[number]): HTMLElement {
    const element = this.#slider(amount);
    this.#show.push(() => {
      element.hidden = !FAULT_AMOUNTS[this.#settings.fault].includes(amount.key);
    });
    return element;
  }

  #fault(): HTMLElement {
    const select = h("select", { "aria-label": "Fault" });
    select.append(...FAULTS.map((fault) => h("option", { value: fault }, FAULT_LABELS[fault])));
    select.addEventListener("change", () => {
      const fault = FAULTS.find((each) => each === select.value) ?? "none";
      this.settings = withFault(this.#settings, fault);
    });
    this.#show.push(() => {
      select.value = this.#settings.fault;
    });
    return h("label", {}, h("span", { class: "name" }, "Fault"), select);
  }

  #showAll(): void {
    for (const show of this.#show) show();
  }
}

function nearest(stops: readonly number[], value: number): number {
  const exact = stops.indexOf(value);
  if (exact >= 0) return exact;
  const distances = stops.map((stop) => Math.abs(stop - value));
  return distances.indexOf(Math.min(...distances));
}
