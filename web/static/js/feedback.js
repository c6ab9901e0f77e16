// Votes without leaving the article, and tells how long it was read. Both work on what the server rendered.

import { VisibleTime, sendBeacon } from "./dwell.js";

export function improveFeedback() {
  const panel = document.querySelector("[data-feedback]");
  if (!panel) return;
  const { article, lang, events } = panel.dataset;
  new VisibleTime((dwell) => {
    const age = Math.max(dwell, Math.round(performance.now() / 100) / 10);
    sendBeacon(events, { kind: "dwell", article, lang, age_s: age, dwell_s: dwell });
  });
  forgetSearch();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("[data-feedback]")) return;
    event.preventDefault();
    vote(form, event.submitter);
  });
}

// A link that is copied from the address bar shall not carry this reader's search.
function forgetSearch() {
  const address = new URL(location.href);
  if (!address.searchParams.has("s")) return;
  address.searchParams.delete("s");
  address.searchParams.delete("r");
  history.replaceState(history.state, "", address);
}

async function vote(form, button) {
  const answer = new FormData(form, button);
  for (const each of form.querySelectorAll("button")) each.disabled = true;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(answer),
      headers: { "X-Requested-With": "fetch" },
    });
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    const renewed = parsed.querySelector("[data-feedback]");
    if (!renewed) throw new TypeError("no panel in the answer");
    const panel = document.querySelector("[data-feedback]");
    const waits = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.replaceWith(renewed);
    if (waits) show(renewed); // who went on meanwhile is left alone
  } catch {
    for (const each of form.querySelectorAll("button")) each.disabled = false;
    submitWhole(form, button);
  }
}

// What is said to the reader stands in view: a form that has become shorter leaves it above the window.
function show(panel) {
  panel.focus({ preventScroll: true });
  for (const said of panel.querySelectorAll("[role=status], .notice")) said.scrollIntoView({ block: "nearest" });
}

// The form alone does the same by a whole page.
function submitWhole(form, button) {
  const carried = document.createElement("input");
  Object.assign(carried, { type: "hidden", name: button?.name, value: button?.value });
  if (button?.name) form.append(carried);
  form.submit();
}
