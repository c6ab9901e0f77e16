"""Moves the clock by hours and days, both ways, under readers who vote, write and come back."""

from __future__ import annotations

from datetime import timedelta

from kb.clock import FixedClock, SystemClock
from scripts.faults.report import Report, Task
from scripts.faults.site import AGENT, Site, open_site
from scripts.simulation.pages import SeenPage
from web.app import create_app
from web.opening import open_services

STEPS = 200


def step_clocks(task: Task) -> Report:
    """Open forms, move the clock, send them: no step may lose what was typed, or end in an error nobody foresaw."""
    built = open_site(task.directory)
    clock = FixedClock(SystemClock().now())
    services = open_services(built.services.settings, clock)
    site = Site(create_app(services), services)
    faults: list[str] = []
    given_back = 0
    for _ in range(task.times(STEPS)):
        client = site.app.test_client()
        headers = {"User-Agent": AGENT, "Sec-Fetch-Site": "same-origin"}
        page = SeenPage(client.get("/en/contact", headers=headers).get_data(as_text=True))
        path, fields = page.form("/contact") or ("", {})
        step = timedelta(seconds=task.chance.choice((-1, 1)) * 10 ** task.chance.uniform(0, 6))
        clock.instant += step
        message = {"email": "somebody@mail.example", "subject": "Late", "message": "these words must not be lost"}
        answer = client.post(path, data=fields | message, headers=headers)
        if answer.status_code != 303:
            given_back += 1
            if "must not be lost" not in answer.get_data(as_text=True):
                faults.append(f"clock moved by {step}: {answer.status_code}, and what was typed is lost")
            if abs(step) < timedelta(hours=1):
                faults.append(f"clock moved by {step}: {answer.status_code}")
        for address in ("/en/search?q=refund", "/ar/", "/readyz"):
            status = client.get(address, headers=headers).status_code
            if status != 200:
                faults.append(f"clock moved by {step}: {address} is answered {status}")
    services.event_log.close()
    return Report({"steps": task.times(STEPS), "forms given back": given_back}, tuple(faults))
