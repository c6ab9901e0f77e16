// Turns each search box into an ARIA combobox that offers articles while the reader types.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

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
  #typed = "";

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

  #later() {
    clearTimeout(this.#timer);
    this.#choose(-1);
    this.#typed = this.#input.value;
    if (this.#typed.trim().length < SHORTEST) this.#close();
    else this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    this.#request?.abort();
    this.#request = new AbortController();
    const query = new URLSearchParams({ q: this.#typed, lang: this.#form.dataset.lang, limit: "7" });
    try {
      const response = await fetch(`${this.#form.dataset.suggest}?${query}`, { signal: this.#request.signal });
      if (response.ok) this.#show((await response.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") this.#close(); // suggestions are a comfort: without network there are none
    }
  }

  #show(suggestions) {
    if (document.activeElement !== this.#input || this.#chosen >= 0) return; // who went on, or chooses, is not disturbed
    this.#options = suggestions.map((suggestion, index) => this.#option(suggestion, index));
    this.#list.replaceChildren(...this.#options);
    this.#choose(-1);
    const any = this.#options.length > 0;
    this.#list.hidden = !any;
    this.#input.setAttribute("aria-expanded", String(any));
    const { countLabel, noneLabel } = this.#form.dataset;
    this.#status.textContent = any ? `${countLabel} ${this.#options.length}` : noneLabel;
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
    for (const part of suggestion.text) {
      const run = part.mark ? document.createElement("mark") : document.createElement("span");
      run.textContent = part.text;
      text.append(run);
    }
    option.append(icon, text);
    return option;
  }

  #key(event) {
    if (event.isComposing) return;
    const last = this.#options.length - 1;
    const open = !this.#list.hidden;
    if (event.key === "Escape" && open) {
      event.preventDefault(); // the first press closes the list, the second empties the box
      this.#close();
    } else if (event.key === "ArrowDown" && !open && last >= 0) {
      event.preventDefault();
      this.#list.hidden = false;
      this.#input.setAttribute("aria-expanded", "true");
      this.#choose(0);
    } else if (event.key === "ArrowDown" && open) {
      event.preventDefault();
      this.#choose(this.#chosen === last ? -1 : this.#chosen + 1);
    } else if (event.key === "ArrowUp" && open) {
      event.preventDefault();
      this.#choose(this.#chosen === -1 ? last : this.#chosen - 1);
    } else if (event.key === "Enter" && open && this.#chosen >= 0) {
      event.preventDefault();
      this.#open(this.#options[this.#chosen]);
    }
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
    if (option) location.assign(option.dataset.path);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#list.hidden = true;
    this.#choose(-1);
    this.#input.setAttribute("aria-expanded", "false");
    this.#status.textContent = "";
  }
}

// The API gives public addresses; the page may be open under another name of the same site.
function pathOf(address) {
  const url = new URL(address, location.href);
  return url.pathname + url.search + url.hash;
}
