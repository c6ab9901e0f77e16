"""Text that does not break across lines: what is kept whole, and what is not."""

from __future__ import annotations

import re

import pytest

from kb.language.wholes import kept_whole

WHOLE = re.compile(r'<span class="whole">(.*?)</span>')
PATH = re.compile(r'<span class="path">(.*?)</span>')


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ("open 13:00–18:00, then", ["13:00–18:00"]),
        ("مفتوح 13:00–18:00، ثم", ["13:00–18:00"]),  # open …, then
        ("من ٩:٠٠–١٣:٠٠ يوميًا", ["٩:٠٠–١٣:٠٠"]),  # from … every day
        ("9:00 – 13:00 or 20:30—02:00.", ["9:00 – 13:00", "20:30—02:00"]),
        ("within 3-7 days", ["3-7"]),
        ("on 2026-11-20", ["2026-11-20"]),
        ("at 9:00 AM or 11 pm", ["9:00 AM", "11 pm"]),
        ("الساعة 9:00 ص أو 11:30 م.", ["9:00 ص", "11:30 م"]),  # at 9 in the morning or 11:30 in the evening
        ("9:00 AM – 9:00 PM", ["9:00 AM – 9:00 PM"]),
        ("call +966 11 000 0000 now", ["+966 11 000 0000"]),
        ("call 0800 123 4567, or (011) 555-0100", ["0800 123 4567", "(011) 555-0100"]),
        ('<bdi dir="ltr">13:00–18:00</bdi>', ["13:00–18:00"]),
        ("اتصل على ٠٥٠ ١٢٣ ٤٥٦٧", ["٠٥٠ ١٢٣ ٤٥٦٧"]),  # call …
        ("step 3 of 10 in 2026", []),
        ("1,234.50 and 15 minutes", []),
        ('<a href="/a 13:00–18:00">x</a>', []),
        ("<p>from <kbd>13:00–18:00</kbd> to<pre><code>a 1-2\nb</code> 3-4</pre> 5-6</p>", ["5-6"]),
        ("it&#x27;s 5", []),
        ("10 pmx and 5 من 7", []),  # five of seven
    ],
)
def test_numbers_that_belong_together_stay_on_one_line(html: str, whole: list[str]) -> None:
    written = kept_whole(html)

    assert WHOLE.findall(written) == whole
    assert re.sub(r'<span class="(?:whole|path)">|</span>', "", written) == html


@pytest.mark.parametrize(
    ("html", "paths"),
    [
        ("Open Settings › Apps › Baydar and wait", ["Settings › Apps › Baydar"]),
        ("Choose Account &gt; Orders.", ["Account &gt; Orders."]),
        ("افتح الإعدادات ← التطبيقات ثم", ["الإعدادات ← التطبيقات"]),  # open settings, applications, then
        ("Riyadh → Jeddah", ["Riyadh → Jeddah"]),
        ("a&gt;b", []),
        ("x › " + "y" * 60, []),
    ],
)
def test_a_path_through_menus_breaks_only_where_it_is_longer_than_a_line(html: str, paths: list[str]) -> None:
    assert PATH.findall(kept_whole(html)) == paths


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ("<code>BD-2048-7713</code>", '<code class="whole">BD-2048-7713</code>'),
        ("<code>Help &gt; Call me</code>", '<code class="path">Help &gt; Call me</code>'),
        (
            '<code dir="rtl">حسابي › طلباتي</code>',
            '<code dir="rtl" class="path">حسابي › طلباتي</code>',
        ),  # account, orders
        (
            "<code>Settings &gt; Apps &gt; Baydar &gt; Storage &gt; Clear cache</code>",
            '<code class="steps"><span class="whole">Settings &gt;</span> <span class="whole">Apps &gt;</span> '
            '<span class="whole">Baydar &gt;</span> <span class="whole">Storage &gt;</span> '
            '<span class="whole">Clear cache</span></code>',
        ),
        (f"<code>{'x' * 40}</code>", f"<code>{'x' * 40}</code>"),
        ("<pre><code>a &gt; b\n</code></pre>", "<pre><code>a &gt; b\n</code></pre>"),
    ],
)
def test_code_breaks_after_arrows_and_only_where_it_is_longer_than_a_line(html: str, written: str) -> None:
    assert kept_whole(html) == written
    assert kept_whole(written) == written
