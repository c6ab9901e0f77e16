// Draws the charts of the statistics from the data beside them. Without this script their tables say the same.

import { barChart, lineChart } from "./statistics-charts.js";

const drawn = new Map();

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  drawn.get(place)?.destroy();
  place.hidden = false;
  const make = data.kind === "lines" ? lineChart : barChart;
  drawn.set(place, new window.Chart(place.querySelector("canvas"), make(data, place)));
}

function drawAll() {
  document.querySelectorAll("[data-chart]").forEach(draw);
}

// On paper and for readers of tables the tables stay; beside a chart they open on demand.
function closeTables() {
  document.querySelectorAll("[data-beside-chart]").forEach((details) => details.removeAttribute("open"));
}

function openForPrint() {
  document.querySelectorAll("[data-beside-chart]").forEach((details) => details.setAttribute("open", ""));
  drawn.forEach((chart) => chart.resize());
}

// Deferred scripts run in the order of the page: the library is there, or could not be loaded at all.
if (window.Chart) {
  drawAll();
  closeTables();
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.fonts?.ready.then(drawAll);
  window.addEventListener("beforeprint", openForPrint);
  window.addEventListener("afterprint", closeTables);
}
