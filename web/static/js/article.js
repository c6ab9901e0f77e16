// Comfort on article pages: links to sections, copy, print, and the place in the table of contents.

import { readable } from "./addresses.js";

const SHOWN_FOR_MS = 2000;

export function improveArticles() {
  const prose = document.querySelector(".prose");
  if (!prose) return;
  addHeadingLinks(prose);
  addTools();
  followContents();
  for (const link of prose.querySelectorAll('a[href^="http"]')) link.dataset.readable = readable(link.href); // for paper
}

function addHeadingLinks(prose) {
  const icon = document.querySelector("[data-copy-address] .icon");
  for (const heading of prose.querySelectorAll("h2[id], h3[id], h4[id]")) {
    const link = document.createElement("a");
    link.className = "heading-link";
    link.href = `#${encodeURIComponent(heading.id)}`;
    link.setAttribute("aria-label", `${prose.dataset.linkLabel}: ${heading.textContent}`);
    link.append(icon.cloneNode(true));
    link.addEventListener("click", () => copy(link.href));
    heading.append(link);
  }
}

function addTools() {
  const copyButton = document.querySelector("[data-copy-address]");
  const printButton = document.querySelector("[data-print]");
  for (const button of [copyButton, printButton]) button.hidden = false;
  printButton.addEventListener("click", () => window.print());
  copyButton.addEventListener("click", async () => {
    const label = copyButton.querySelector("span");
    const text = label.textContent;
    if (!(await copy(document.querySelector('link[rel="canonical"]')?.href ?? location.href))) return;
    label.textContent = copyButton.dataset.done;
    setTimeout(() => (label.textContent = text), SHOWN_FOR_MS);
  });
}

async function copy(address) {
  try {
    await navigator.clipboard.writeText(readable(address));
    return true;
  } catch {
    return false;
  }
}

function followContents() {
  const links = new Map();
  for (const link of document.querySelectorAll(".toc a")) links.set(decodeURIComponent(link.hash.slice(1)), link);
  const headings = [...document.querySelectorAll(".prose [id]")].filter((heading) => links.has(heading.id));
  if (!headings.length) return;
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 140);
    const present = (passed.at(-1) ?? headings[0]).id;
    for (const [id, link] of links) {
      if (id === present) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  mark();
}
