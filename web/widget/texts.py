"""What the widget says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from web.i18n import gettext


def widget_texts() -> Mapping[str, str]:
    """Return the texts of the widget by the names that its script knows."""
    return {
        "open": gettext("Help"),
        "title": gettext("How can we help?"),
        "close": gettext("Close"),
        "back": gettext("Back"),
        "search": gettext("Search the help centre"),
        "placeholder": gettext("Ask in your own words…"),
        "go": gettext("Search"),
        "searching": gettext("Searching…"),
        "found": gettext("Articles found: {count}"),
        "none": gettext("We found nothing for this. Try other words, or write to us."),
        "nearest": gettext("Nothing here is a sure answer. These articles come closest."),
        "person": gettext("Write to our team and a person will answer you."),
        "rewritten": gettext("Showing results for {query}."),
        "exactly": gettext("Search for exactly {query}"),
        "failed": gettext("That did not work. Check your connection and try again."),
        "slow": gettext("Too many requests. Wait a minute and try again."),
        "other_ar": gettext("In Arabic"),
        "other_en": gettext("In English"),
        "whole": gettext("Open in the help centre"),
        "new_tab": gettext("opens in a new tab"),
        "question": gettext("Was this article helpful?"),
        "yes": gettext("Yes"),
        "no": gettext("No"),
        "thanks": gettext("Thank you for telling us."),
        "sorry": gettext("Sorry about that. What was wrong with it?"),
        "comment": gettext("What could be better? (optional)"),
        "send": gettext("Send"),
        "contact": gettext("Write to us"),
        "offers": gettext("Does one of these answer it?"),
        "name": gettext("Your name (optional)"),
        "email": gettext("E-mail address for our answer"),
        "subject": gettext("What is it about?"),
        "message": gettext("What happened, and what do you need?"),
        "sent": gettext("We have your message. Its reference is {reference}."),
        "again": gettext("Back to the search"),
    }
