"""Sends scripts as text through every entrance, and looks in a real browser, without its protection, whether one runs.

The Content Security Policy is switched off, so that what is found is what the pages themselves let through. A string
counts as a fault if it runs, and also if it only waits, as an attribute that handles an event or an address does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Final
from urllib.parse import quote

from playwright.sync_api import Error, Page, sync_playwright

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.accounts.model import Role
from kb.clock import SystemClock
from kb.language.analysis import open_analyzer
from kb.model import Language
from kb.storage.generations import GenerationStore
from scripts.browser import CHROMIUM, FLAGS
from scripts.faults.report import Report, Task
from scripts.faults.site import AGENT, Site, settings_for
from scripts.simulation.acted import served
from scripts.simulation.pages import SeenPage
from web.app import create_app
from web.desk.access import SESSION_COOKIE
from web.opening import open_services

STRINGS: Final = 500
ARTICLES: Final = 60
PAGES_OF_THE_DESK: Final = 80

_ACTIONS = ("alert(1)", "alert`1`", "top['al'+'ert'](1)", "window.alert(1)", "(0,alert)(1)")
_CARRIERS = (
    "<script>{0}</script>",
    "<ScRiPt>{0}</sCrIpT>",
    "<script src=data:text/javascript,{0}></script>",
    "<img src=x onerror={0}>",
    "<img src=x onerror='{0}'//",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "<svg><animate onbegin={0} attributeName=x dur=1s>",
    "<body onload={0}>",
    "<iframe src=javascript:{0}>",
    "<iframe srcdoc='<script>parent.{0}</script>'>",
    "<details open ontoggle={0}>",
    "<input autofocus onfocus={0}>",
    "<video><source onerror={0}></video>",
    "<math><mtext><table><mglyph><style><img src=x onerror={0}></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror={0}>'>",
    "<template><script>{0}</script></template>",
    "<a href=javascript:{0}>x</a>",
    "<a href='java\tscript:{0}'>x</a>",
    "[x](javascript:{0})",
    "[x](&#106;avascript:{0})",
    "![x](x){{onerror={0}}}",
    "<javascript:{0}>",
    "\"><script>{0}</script>",
    "'><script>{0}</script>",
    "</title><script>{0}</script>",
    "</textarea><script>{0}</script>",
    "</script><script>{0}</script>",
    "</style><script>{0}</script>",
    "--><script>{0}</script>",
    "]]><script>{0}</script>",
    "\" autofocus onfocus={0} x=\"",
    "' autofocus onfocus={0} x='",
    "\"onmouseover={0}//",
    "javascript:{0}",
    "JaVaScRiPt:{0}",
    "data:text/html,<script>{0}</script>",
    "{{{{constructor.constructor('{0}')()}}}}",
    "\u202e<script>{0}</script>",
    "\ufeff<script>{0}</script>",
    "<<script>{0}//<</script>",
    "<script\x0c>{0}</script>",
    "<scr\u0000ipt>{0}</script>",
    "＜script＞{0}＜/script＞",
    "<form action=javascript:{0}><button>x</button></form>",
    "<button formaction=javascript:{0}>x</button>",
    "<meta http-equiv=refresh content='0;url=javascript:{0}'>",
    "<base href='javascript:{0}//'>",
    "<object data=javascript:{0}>",
    "<embed src=javascript:{0}>",
    "<link rel=stylesheet href=data:,*{{x:expression({0})}}>",
    "<style>@import 'javascript:{0}';</style>",
)  # fmt: skip

_WATCH = "window.__ran = []; window.alert = x => window.__ran.push('ran'); window.print = () => {};"
_LOOK = """() => {
  const found = [...window.__ran];
  for (const element of document.querySelectorAll('*')) {
    for (const {name, value} of element.attributes) {
      if (/^on/i.test(name)) found.push(`${element.tagName} ${name}`);
      if (/^(href|src|action|formaction|data|xlink:href|srcdoc)$/i.test(name) &&
          /^[\\s\\0-\\x1f]*(javascript|vbscript|data:text\\/html)/i.test(value)) {
        found.push(`${element.tagName} ${name}=${value}`);
      }
    }
    if (element.tagName === 'SCRIPT' && !element.src.startsWith(location.origin) &&
        !/json/.test(element.type)) found.push('SCRIPT of another');
  }
  return found;
}"""


def strings(count: int) -> list[str]:
    """Return that many different strings that would run a script where they are taken for markup."""
    carried = [carrier.format(action) for action in _ACTIONS for carrier in _CARRIERS]
    wrapped = (f"{before} {each}" for before in ("order", "طلب", "1", "<b>") for each in carried)  # order
    return list(islice([*carried, *wrapped], count))


def run_markup(task: Task) -> Report:
    """Send the strings through addresses, messages, votes, searches, the desk and articles, and open every page."""
    if not Path(CHROMIUM).exists():
        return Report({"not tried": "there is no Chromium"}, ())
    texts = strings(task.times(STRINGS))
    site = _hostile_site(task.directory, texts)
    faults: list[str] = []
    with served(site.app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(bypass_csp=True, user_agent=AGENT)
        context.add_init_script(_WATCH)
        context.set_default_timeout(15_000)
        page = context.new_page()
        visits = list(_addresses(texts))
        _send(site, texts)
        visits += _articles(site)
        for path in visits:
            faults += _visit(page, address, path)
        context.add_cookies([{"name": SESSION_COOKIE, "value": _session(site), "url": address}])
        desk = _desk_pages(page, address, faults)
        browser.close()
    site.services.event_log.close()
    return Report(
        {"strings": len(texts), "pages": len(visits), "pages of the desk": desk}, tuple(dict.fromkeys(faults))
    )


def _hostile_site(directory: Path, texts: Sequence[str]) -> Site:
    """Return the site over articles whose every field holds such strings; those that are refused are left out."""
    tree = directory / "articles"
    given = cycle(texts)
    (tree / "en" / "help").mkdir(parents=True)
    (tree / "categories.yaml").write_text(_CATEGORIES, "utf-8")
    for number in range(min(ARTICLES, len(texts))):
        title, summary, tag, question, heading = (_scalar(next(given)) for _ in range(5))
        body = "\n\n".join(next(given) for _ in range(6))
        front = f"id: a{number}\ntitle: {title}\nsummary: {summary}\ntags: [{tag}]\nowner: t\nupdated: 2026-11-01\n"
        table = f"| {heading} | b |\n|---|---|\n| c | d |\n"
        text = f"---\n{front}questions:\n  - {question}\n---\n\n{body}\n\n## {next(given)}\n\n{table}"
        (tree / "en" / "help" / f"a{number}.md").write_text(text.replace("\0", ""), "utf-8")
    settings = settings_for(directory / "var", articles_dir=tree, k_anonymity=2, site_name_en=texts[0][:60])
    loaded = replace(load_tree(tree), faults=())  # `kb check` refuses most of them: here only what cleans them counts
    build_generation(GenerationStore(settings.index_dir, SystemClock()), loaded, open_analyzer(None), None)
    services = open_services(settings)
    return Site(create_app(services), services)


_CATEGORIES = """\
help:
  position: 0
  icon: user
  ar: {title: مساعدة, summary: مساعدة}
  en: {title: Help, summary: Help}
"""


def _scalar(text: str) -> str:
    cleaned = "".join(each for each in text if each.isprintable())
    return "'" + cleaned.replace("'", "''") + "'"


def _addresses(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        value = quote(text, safe="")
        yield f"/en/search?q={value}"
        yield f"/ar/search?q={value}&category={value}&tag={value}"
        yield f"/en/articles/{value}"
        yield f"/api/v1/search?q={value}"


def _articles(site: Site) -> list[str]:
    content = site.services.snapshots.current().content
    return [f"/en/articles/{quote(article.slug)}" for article in content.articles()] + ["/en/", "/en/categories/help"]


def _send(site: Site, texts: Sequence[str]) -> None:
    """Vote, write and search as readers do, twice each, so that the desk may show what was said."""
    articles = _articles(site)
    for number, text in enumerate(texts):
        for _ in range(2):
            client = site.app.test_client()
            headers = {"User-Agent": AGENT, "Sec-Fetch-Site": "same-origin"}
            client.get("/en/search", query_string={"q": text}, headers=headers)
            page = SeenPage(client.get(articles[number % len(articles)], headers=headers).get_data(as_text=True))
            if form := page.form("/feedback"):
                vote = {"verdict": "unhelpful", "reason": "other", "comment": text}
                client.post(form[0], data=form[1] | vote, headers=headers)
            page = SeenPage(client.get("/en/contact", headers=headers).get_data(as_text=True))
            path, fields = page.form("/contact") or ("", {})
            message = {"name": text, "email": "somebody@mail.example", "subject": text, "message": text}
            client.post(path, data=fields | message, headers=headers)


def _session(site: Site) -> str:
    accounts = site.services.accounts
    assert accounts is not None
    person = accounts.people.add("markup", "<img src=x onerror=alert(1)>", list(Role), Language.EN)
    return accounts.sign_in.open(person).secret


def _desk_pages(page: Page, address: str, faults: list[str]) -> int:
    """Open the desk and what it links to, page by page, and return how many there were."""
    waiting, seen = ["/desk/"], {"/desk/"}
    while waiting and len(seen) < PAGES_OF_THE_DESK:
        path = waiting.pop(0)
        faults += _visit(page, address, path)
        links = page.eval_on_selector_all("a[href^='/desk/']", "links => links.map(link => link.getAttribute('href'))")
        fresh = [link for link in links if link not in seen and "sign-out" not in link and ".csv" not in link]
        seen.update(fresh)
        waiting += fresh
    return len(seen)


def _visit(page: Page, address: str, path: str) -> list[str]:
    try:
        page.goto(address + path, wait_until="load")
        found: list[str] = page.evaluate(_LOOK)
    except Error as error:
        is_file = "Download is starting" in str(error)
        return [] if is_file else [f"{path[:120]}: does not load: {str(error).splitlines()[0]}"]
    return [f"{path[:120]}: {each}" for each in found]
