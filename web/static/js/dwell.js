// Reports for how many seconds something has been visible, when the page is left or hidden and now and then between.
// A page that the browser fetched ahead counts once it is shown: the server learns of it by a first report of 0 seconds.

const FIRST_REPORT_MS = 11_000;
const WORTH_REPORTING_S = 0.5;

export class VisibleTime {
  #seconds = 0;
  #told = 0;
  #since = null;
  #report;

  // `report` is given the seconds so far; the last report of a view counts.
  constructor(report) {
    this.#report = report;
    this.#follow();
    if (document.prerendering) {
      document.addEventListener("prerenderingchange", () => report(0), { once: true });
    } else if (performance.getEntriesByType("navigation")[0]?.deliveryType === "navigational-prefetch") {
      report(0);
    }
    document.addEventListener("visibilitychange", () => this.#follow());
    addEventListener("pagehide", () => this.#tell());
    setTimeout(() => this.#tell(), FIRST_REPORT_MS);
  }

  end() {
    this.#tell();
    this.#report = () => {};
  }

  #follow() {
    if (document.visibilityState === "visible") {
      this.#since ??= performance.now();
      return;
    }
    this.#tell();
    this.#since = null;
  }

  #tell() {
    const now = performance.now();
    if (this.#since === null) return;
    this.#seconds += (now - this.#since) / 1000;
    this.#since = now;
    if (this.#seconds - this.#told < WORTH_REPORTING_S) return;
    this.#told = this.#seconds;
    this.#report(Math.round(this.#seconds * 10) / 10);
  }
}

export function sendBeacon(address, beacon) {
  navigator.sendBeacon(address, new Blob([JSON.stringify(beacon)], { type: "application/json" }));
}
