/** Results as a table to read, as JSON to compute with. */

const digits = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const grouped = (value) => Math.round(value).toLocaleString("en-GB");
const duration = (microseconds) => {
  if (microseconds === 0) return "-"; // wrk has no percentiles for some pipelined loads
  return microseconds >= 1000 ? `${digits(microseconds / 1000)} ms` : `${grouped(microseconds)} µs`;
};

export function describeTarget(target) {
  if (target.atMostMore !== undefined) {
    const got = target.more === undefined ? "-" : `${target.more >= 0 ? "+" : ""}${digits(target.more)} ms`;
    return `${got} beside ${target.beside}, wanted at most +${target.atMostMore} ms: **${target.verdict}**`;
  }
  if (target.ratio === undefined) return `${target.beside}, at most ${target.atMost} ×: **not measured**`;
  const { low, median, high } = target.ratio;
  const spread = `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return `**${median.toFixed(3)} ×** ${target.beside} (${spread}), wanted at most ${target.atMost}: **${target.verdict}**`;
}

function columns(unit) {
  const value = ({ value: { low, median, high } }) => `${digits(median)} (${digits(low)} to ${digits(high)})`;
  const memory = ({ residentKiB }) => `${digits(residentKiB / 1024)} MiB`;
  if (unit === "MiB") {
    return [
      ["resident, MiB", value],
      ["a connection", (one) => `${digits(one.perConnectionKiB)} KiB`],
    ];
  }
  if (unit === "ms") {
    return [
      ["CPU to the first answer, ms", value],
      ["by the clock", (one) => `${digits(one.wall)} ms`],
      ["resident", memory],
    ];
  }
  return [
    ["CPU a request, µs", value],
    ["requests/s", (one) => grouped(one.perSecond)],
    ["p50", (one) => duration(one.p50)],
    ["p99", (one) => duration(one.p99)],
    ["resident", memory],
    ["failed", (one) => String(one.failed)],
  ];
}

/** One row as markdown: who did it at what cost, and where the targets stand. */
export function rowMarkdown({ row, measured, verdicts }) {
  const shown = columns(row.unit);
  const lines = [`### ${row.title} (\`${row.name}\`)`, ""];
  lines.push(`| | ${shown.map(([title]) => title).join(" | ")} |`, `|---|${"---|".repeat(shown.length)}`);
  for (const one of measured.contestants) {
    lines.push(`| ${one.name} | ${shown.map(([, cell]) => cell(one)).join(" | ")} |`);
  }
  lines.push("", ...verdicts.map((target) => `- ${describeTarget(target)}`));
  if (measured.missing?.length > 0) lines.push(`- not here, so not measured: ${measured.missing.join(", ")}`);
  if (measured.noisy) {
    lines.push(`- noisy: others took ${(measured.foreign * 100).toFixed(0)} % of the server's core (median)`);
  }
  return `${lines.join("\n")}\n`;
}

/** The targets of all rows in one table. */
export function summaryMarkdown(results) {
  const lines = ["| work | beside | wanted | got | |", "|---|---|---|---|---|"];
  for (const { row, verdicts } of results) {
    for (const target of verdicts) {
      const relative = target.atMostMore === undefined;
      const wanted = relative ? `≤ ${target.atMost} ×` : `≤ +${target.atMostMore} ms`;
      const measured = relative ? target.ratio?.median.toFixed(2) : target.more?.toFixed(1);
      const got = measured === undefined ? "-" : relative ? `${measured} ×` : `${measured} ms`;
      lines.push(
        `| ${row.title} | ${target.beside} | ${wanted} | ${got} | ${target.verdict}${measured.noisy ? " (noisy)" : ""} |`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

export function fullMarkdown(results, { machine, versions, options, date }) {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    "# Portico beside its peers",
    "",
    `Server CPU time per request, median (quartiles) of ${options.rounds} visits of ${options.seconds} s in turn; ratios are taken round by round. Load and server have a core each.`,
    "",
    `${date.slice(0, 10)}. ${machine}.`,
    "",
    `${named.join(", ")}.`,
    "",
    summaryMarkdown(results),
    ...results.map(rowMarkdown),
  ].join("\n");
}
