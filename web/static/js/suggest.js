// Turns each search box into an ARIA combobox that offers articles while the reader types.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
//
// Suggestions belong to the text they were asked for: a key never chooses from those of another text. While the reader
// types on, the old ones stay in sight until the new ones come, so that the list does not flicker.

import { belongsToInputMethod } from "./keys.js";

import { directionOfTyped, isolated } from "./direction.js";

const PAUSE_MS = 160;
const SHORTEST = 2;

export function improveSearchBoxes() {
  for (const form of document.querySelectorAll("form[data-suggest]")) new SuggestingBox(form);
}

class SuggestingBox {
  #form;
  #input;
  #list;
  #status;
  #options = [];
  #chosen = -1;
  #timer = 0;
  #request = null;
  #asked = null; // the text of the answer that is awaited
  #offered = null; // the text that the options answer
  #wanted = null; // what to choose when the answer is there: "first" or "last"

  constructor(form) {
    this.#form = form;
    this.#input = form.querySelector("input[name=q]");
    this.#list = document.createElement("ul");
    this.#list.className = "suggestions";
    this.#list.id = `${this.#input.id}-suggestions`;
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", form.dataset.listboxLabel);
    this.#status = document.createElement("div");
    this.#status.className = "visually-hidden";
    this.#status.setAttribute("role", "status");
    form.append(this.#list, this.#status);
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.#list.id,
      "aria-haspopup": "listbox",
    };
    for (const [name, value] of Object.entries(attributes)) this.#input.setAttribute(name, value);
    this.#input.addEventListener("input", () => this.#later());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
    this.#list.addEventListener("click", (event) => this.#open(event.target.closest("[role=option]")));
  }

  // Surrounding space changes nothing.
  get #text() {
    return this.#input.value.trim();
  }

  get #isFresh() {
    return this.#offered === this.#text;
  }

  #later() {
    this.#stopAsking();
    this.#choose(-1);
    const text = this.#text;
    if (text.length < SHORTEST) return this.#close();
    if (this.#isFresh) return this.#expand(this.#options.length > 0);
    if (!continues(text, this.#offered)) this.#close();
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    this.#stopAsking();
    const text = this.#text;
    const request = new AbortController();
    this.#request = request;
    this.#asked = text;
    const query = new URLSearchParams({ q: text, lang: this.#form.dataset.lang, limit: "7" });
    try {
      const response = await fetch(`${this.#form.dataset.suggest}?${query}`, { signal: request.signal });
      const suggestions = response.ok ? (await response.json()).suggestions : null;
      if (this.#request !== request) return;
      if (suggestions && text === this.#text) this.#show(text, suggestions);
      else this.#close();
    } catch {
      if (this.#request === request) this.#close(); // suggestions are a comfort: without network there are none
    }
  }

  #stopAsking() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = this.#asked = this.#wanted = null;
  }

  #show(text, suggestions) {
    const wanted = this.#wanted;
    this.#stopAsking();
    this.#choose(-1);
    this.#offered = text;
    this.#options = suggestions.map((suggestion, index) => this.#option(suggestion, index));
    this.#list.replaceChildren(...this.#options);
    const any = this.#options.length > 0;
    const { countLabel, noneLabel } = this.#form.dataset;
    this.#expand(any);
    this.#status.textContent = any ? `${countLabel} ${this.#options.length}` : noneLabel;
    if (any && wanted) this.#choose(wanted === "first" ? 0 : this.#options.length - 1);
  }

  #expand(open) {
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
  }

  #option(suggestion, index) {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${index}`;
    option.className = "suggestion";
    option.dataset.path = pathOf(suggestion.url);
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const icon = this.#form.querySelector(".search-box-icon .icon").cloneNode(true);
    const use = icon.querySelector("use");
    if (suggestion.article_id) use.setAttribute("href", use.getAttribute("href").replace("#search", "#file-text"));
    const text = document.createElement("bdi");
    text.dir = directionOfTyped(suggestion.text.map((part) => part.text).join(""), document.documentElement.dir);
    text.append(...isolated(suggestion.text));
    option.append(icon, text);
    return option;
  }

  #key(event) {
    if (belongsToInputMethod(event)) return;
    const open = !this.#list.hidden;
    if (event.key === "Escape" && open) {
      event.preventDefault(); // the first press closes the list, the second empties the box
      this.#close();
    } else if (event.key === "ArrowDown" || (event.key === "ArrowUp" && open)) {
      this.#arrow(event);
    } else if (event.key === "Enter" && open && this.#isFresh && this.#chosen >= 0) {
      event.preventDefault();
      this.#open(this.#options[this.#chosen]);
    }
  }

  #arrow(event) {
    const end = event.key === "ArrowDown" ? "first" : "last";
    if (!this.#isFresh) {
      if (this.#text.length < SHORTEST) return;
      event.preventDefault();
      if (this.#asked !== this.#text) this.#ask();
      this.#wanted = end; // chosen as soon as it is there
      return;
    }
    if (!this.#options.length) return;
    event.preventDefault();
    const places = this.#options.length + 1; // the last one is the box itself
    const opened = this.#list.hidden;
    this.#expand(true);
    const step = end === "first" ? 1 : -1;
    const place = opened ? 0 : (this.#chosen + step + places) % places;
    this.#choose(place === places - 1 ? -1 : place);
  }

  #choose(index) {
    this.#options[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = index;
    const option = this.#options[index];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #open(option) {
    if (!option) return;
    this.#close(); // who comes back finds the box as it was left, not the list
    location.assign(option.dataset.path);
  }

  #close() {
    this.#stopAsking();
    this.#choose(-1);
    this.#expand(false);
    this.#status.textContent = "";
  }
}

// The reader types on, or takes back the last letters.
const continues = (text, offered) => offered !== null && (text.startsWith(offered) || offered.startsWith(text));

// The API gives public addresses; the page may be open under another name of the same site.
function pathOf(address) {
  const url = new URL(address, location.href);
  return url.pathname + url.search + url.hash;
}
