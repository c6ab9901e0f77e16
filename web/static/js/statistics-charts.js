// Turns the data of a page into charts: ranges as bars from end to end, open periods hatched, notes as dashed lines.

const TONES = {
  pale: "--brand-line",
  strong: "--brand",
  good: "--brand",
  maybe: "--saffron",
  quiet: "--line-strong",
  bad: "--danger",
  other: "--info",
};
const BAR_BLOCK = 34;
const HATCH = 7;
const REDUCED = window.matchMedia("(prefers-reduced-motion: reduce)");

// The colours of the theme as they are at this place; a canvas does not know custom properties.
function palette(place) {
  const probe = document.createElement("span");
  place.append(probe);
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(Object.entries(TONES).map(([tone, name]) => [tone, colour(name)]));
  Object.assign(found, { ink: colour("--ink-soft"), line: colour("--line"), surface: colour("--surface") });
  probe.remove();
  return found;
}

function hatched(colour, ground) {
  const tile = document.createElement("canvas");
  tile.width = HATCH;
  tile.height = HATCH;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, HATCH, HATCH);
  pen.strokeStyle = colour;
  pen.lineWidth = 2.5;
  pen.beginPath();
  for (const shift of [-HATCH, 0, HATCH]) {
    pen.moveTo(shift, HATCH);
    pen.lineTo(shift + HATCH, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

// Notes on the calendar, numbered as in the list below the chart.
function noteLines(marks, colours) {
  return {
    id: "notes",
    afterDatasetsDraw(chart) {
      const { ctx: pen, chartArea: area, scales } = chart;
      marks.forEach((mark, index) => {
        const x = scales.x.getPixelForValue(mark.place);
        pen.save();
        pen.strokeStyle = colours.ink;
        pen.fillStyle = colours.ink;
        pen.setLineDash([4, 4]);
        pen.beginPath();
        pen.moveTo(x, area.top);
        pen.lineTo(x, area.bottom);
        pen.stroke();
        pen.textAlign = "center";
        pen.font = `600 12px ${window.Chart.defaults.font.family}`;
        pen.fillText(String(index + 1), x, area.top - 4);
        pen.restore();
      });
    },
  };
}

// The interval of every point of a line.
function intervals(series, colours) {
  return {
    id: "intervals",
    beforeDatasetsDraw(chart) {
      const { ctx: pen, scales } = chart;
      series.forEach((each, index) => {
        if (!chart.isDatasetVisible(index)) return;
        pen.save();
        pen.strokeStyle = colours[each.tone];
        pen.globalAlpha = 0.45;
        pen.lineWidth = 5;
        each.bounds.forEach((bounds, place) => {
          if (!bounds) return;
          const x = scales.x.getPixelForValue(place);
          pen.beginPath();
          pen.moveTo(x, scales.y.getPixelForValue(bounds[0]));
          pen.lineTo(x, scales.y.getPixelForValue(bounds[1]));
          pen.stroke();
        });
        pen.restore();
      });
    },
  };
}

function options(data, colours, { across = false, stacked = false, share = true }) {
  const rtl = document.documentElement.dir === "rtl";
  const format = new Intl.NumberFormat("en", {
    style: share ? "percent" : "decimal",
    numberingSystem: data.words.digits,
    maximumFractionDigits: 0,
  });
  const values = {
    stacked,
    beginAtZero: true,
    suggestedMax: share ? undefined : 5,
    ticks: { callback: (value) => format.format(value), color: colours.ink, precision: share ? undefined : 0 },
    grid: { color: colours.line },
    border: { display: false },
  };
  const labels = { stacked, ticks: { color: colours.ink, maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } };
  const x = { ...(across ? values : labels), reverse: rtl };
  const y = { ...(across ? { ...labels, ticks: { ...labels.ticks, autoSkip: false } } : values), position: rtl ? "right" : "left" };
  const side = { rtl, textDirection: rtl ? "rtl" : "ltr" };
  const text = (item) => {
    const series = data.series[item.datasetIndex];
    const words = series.values[item.dataIndex] === null ? data.words.tooFew : series.texts[item.dataIndex];
    return `${series.name}: ${words}`;
  };
  const open = (items) => (items.length && data.open[items[0].dataIndex] ? data.words.open : "");
  return {
    indexAxis: across ? "y" : "x",
    maintainAspectRatio: false,
    animation: REDUCED.matches ? false : { duration: 250 },
    interaction: { mode: "index", axis: across ? "y" : "x", intersect: false },
    layout: { padding: { top: data.marks.length ? 16 : 0 } },
    scales: { x, y },
    plugins: {
      legend: { ...side, position: "bottom", labels: { color: colours.ink, boxWidth: 14, boxHeight: 14 } },
      tooltip: { ...side, callbacks: { label: text, footer: open } },
    },
  };
}

function prepare(place) {
  window.Chart.defaults.font.family = getComputedStyle(place).fontFamily;
  return palette(place);
}

// Bars from end to end for ranges, bars upon each other for counts.
export function barChart(data, place) {
  const colours = prepare(place);
  const across = data.kind === "ranges-across";
  const stacked = data.kind === "stack";
  if (across) place.style.blockSize = `${data.labels.length * BAR_BLOCK + 96}px`;
  const datasets = data.series.map((series) => ({
    label: series.name,
    data: series.values,
    backgroundColor: series.values.map((_, index) =>
      data.open[index] ? hatched(colours[series.tone], colours.surface) : colours[series.tone],
    ),
    borderColor: colours[series.tone],
    borderWidth: 1,
    borderSkipped: false,
    grouped: stacked,
    barPercentage: series.tone === "strong" ? 0.4 : 0.85,
    maxBarThickness: series.tone === "strong" ? 20 : 42,
    order: series.tone === "pale" ? 1 : 0,
  }));
  return {
    type: "bar",
    data: { labels: data.labels, datasets },
    options: legendOfTones(options(data, colours, { across, stacked, share: !stacked }), data, colours),
    plugins: across ? [] : [noteLines(data.marks, colours)],
  };
}

// The first bar may be hatched; the legend names the plain colour.
function legendOfTones(chosen, data, colours) {
  const original = window.Chart.defaults.plugins.legend.labels.generateLabels;
  chosen.plugins.legend.labels.generateLabels = (chart) =>
    original(chart).map((item) => {
      const colour = colours[data.series[item.datasetIndex].tone];
      return { ...item, fillStyle: colour, strokeStyle: colour };
    });
  return chosen;
}

// Lines with the interval of each point; too few cases leave a gap.
export function lineChart(data, place) {
  const colours = prepare(place);
  const shapes = ["circle", "rectRot", "triangle"];
  const datasets = data.series.map((series, index) => ({
    label: series.name,
    data: series.values,
    borderColor: colours[series.tone],
    backgroundColor: colours[series.tone],
    pointStyle: shapes[index % shapes.length],
    pointRadius: 4,
    borderWidth: 2,
  }));
  const chosen = options(data, colours, {});
  chosen.scales.x.offset = true;
  chosen.plugins.legend.labels.usePointStyle = true;
  return {
    type: "line",
    data: { labels: data.labels, datasets },
    options: chosen,
    plugins: [intervals(data.series, colours), noteLines(data.marks, colours)],
  };
}
